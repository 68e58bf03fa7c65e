using System.Collections.Concurrent;
using System.Globalization;
using Lockkeeper.Observe.Metrics;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>The server's settings that are numbers or switches, in base units, and those that wait for a restart.</summary>
internal sealed class Settings : ICollector
{
    private const string Topic = "settings";

    private static readonly MetricDescription pattern = new("pg_settings_*", MetricKind.Gauge, "The setting of this name: bytes, seconds, a number, or 0 and 1. Its name ends with its unit.") { Topic = Topic };
    private static readonly MetricDescription waiting = new("lockkeeper_settings_pending_restart", MetricKind.Gauge, "Settings that were changed and hold from the next restart on.") { Topic = Topic };
    private static readonly MetricDescription waitingName = new("lockkeeper_setting_pending_restart", MetricKind.Gauge, "1 for each of them.", "name") { Topic = Topic };
    private static readonly MetricDescription fingerprint = new("lockkeeper_settings_fingerprint", MetricKind.Gauge, "A number that changes when a setting of the server does.") { Topic = Topic, Grant = "pg_read_all_settings" };

    /// <summary>One description for a setting, whatever server it is from.</summary>
    private static readonly ConcurrentDictionary<string, MetricDescription> known = new(StringComparer.Ordinal);

    public static ICollector Create() => new Settings();

    public string Name => Topic;

    public CollectorScope Scope => CollectorScope.Server;

    public TimeSpan Interval => TimeSpan.FromMinutes(1);

    public IReadOnlyList<MetricDescription> Metrics { get; } = [pattern, waiting, waitingName, fingerprint];

    public async Task CollectAsync(CollectorCall call, CancellationToken cancel)
    {
        var command = await call.Session.CommandAsync(
            """
            /* lk:observe.settings */
            SELECT name, coalesce(setting, ''), coalesce(unit, ''), vartype, pending_restart, short_desc,
                   CASE WHEN source IN ('session', 'client', 'user', 'database', 'database user', 'override') THEN 0 ELSE hashtext(name || '=' || coalesce(setting, ''))::bigint END
            FROM pg_settings WHERE name NOT IN ('transaction_isolation', 'transaction_read_only', 'transaction_deferrable', 'in_hot_standby')
            """,
            cancel);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var (pending, hash) = (0, 0L);
        while (await reader.ReadAsync(cancel))
        {
            var name = reader.GetString(0);
            // Our own session's are not the server's.
            hash ^= DatabaseSession.Settings.Contains(name) ? 0 : reader.GetInt64(6);
            if (reader.GetBoolean(4))
            {
                pending++;
                call.Samples.Add(waitingName, 1, name);
            }

            if (Value(reader.GetString(1), reader.GetString(2), reader.GetString(3)) is { } value && !DatabaseSession.Settings.Contains(name))
                call.Samples.Add(Of(name, value.Unit, reader.GetString(5)), value.Number);
        }

        call.Samples.Add(waiting, pending);
        if (call.Can.WhyNot(fingerprint) is null)
            call.Samples.Add(fingerprint, hash);
    }

    /// <summary>A setting as a number in its base unit, as postgres_exporter gives it; null for a text.</summary>
    internal static (double Number, string Unit)? Value(string setting, string unit, string type)
    {
        if (type == "bool")
            return (setting == "on" ? 1 : 0, "");
        if (type is not ("integer" or "real") || !double.TryParse(setting, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return null;
        var digits = unit.Length - unit.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').Length;
        var times = digits > 0 ? double.Parse(unit.AsSpan(0, digits), CultureInfo.InvariantCulture) : 1;
        var (factor, name) = unit[digits..] switch
        {
            "B" => (1.0, "bytes"),
            "kB" => (1024.0, "bytes"),
            "MB" => (1024.0 * 1024, "bytes"),
            "GB" => (1024.0 * 1024 * 1024, "bytes"),
            "us" => (1e-6, "seconds"),
            "ms" => (1e-3, "seconds"),
            "s" => (1.0, "seconds"),
            "min" => (60.0, "seconds"),
            "h" => (3600.0, "seconds"),
            "d" => (86400.0, "seconds"),
            _ => (1.0, ""),
        };
        // -1 means "off" or "as another one", which has no unit.
        return (number < 0 ? number : number * times * factor, name);
    }

    private static MetricDescription Of(string setting, string unit, string help)
    {
        var clean = string.Concat(setting.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '_'));
        var name = $"pg_settings_{clean}{(unit.Length > 0 ? "_" + unit : "")}";
        return known.GetOrAdd(name, (key, text) => new MetricDescription(key, MetricKind.Gauge, text) { Topic = Topic }, help);
    }
}

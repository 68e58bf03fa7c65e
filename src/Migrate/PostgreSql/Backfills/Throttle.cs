using System.Globalization;
using Lockkeeper.Kernel.Config;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>Says why a backfill has to wait now, and keeps how long it has waited.</summary>
/// <param name="config">The limits.</param>
/// <param name="clock">The clock.</param>
internal sealed class Throttle(BackfillConfig config, TimeProvider clock)
{
    private readonly Dictionary<string, TimeSpan> waited = new(StringComparer.Ordinal);
    private long? since;

    /// <summary>How long it has waited for what.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Waited => waited;

    /// <summary>How long it has waited in one go; zero when it does not wait.</summary>
    public TimeSpan InOneGo => since is { } start ? clock.GetElapsedTime(start) : TimeSpan.Zero;

    /// <summary>Whether that is longer than it may.</summary>
    public bool IsOverdue => InOneGo > config.LongestWait;

    /// <summary>Why the next batch has to wait; null when it need not.</summary>
    public string? Reason(ServerLoad? load)
    {
        var reason = load switch
        {
            null => null,
            { LagBytes: { } bytes } when bytes > config.MaxLagMegabytes * 1048576.0 => $"a replica is {Megabytes(bytes)} behind",
            // The time alone says nothing of an idle replica: it stays at what it was last.
            { Lag: { } lag, LagBytes: > 0 } when lag > config.MaxLag => $"a replica is {Durations.Words(lag)} behind",
            { WalRate: { } rate } when config.MaxWalMegabytes is { } most && rate > most * 1048576.0 => $"the server writes {Megabytes(rate)} of WAL a second",
            { DeadRatio: { } ratio } when config.MaxDeadRatio is { } most && ratio > most => string.Create(CultureInfo.InvariantCulture, $"{ratio:0.##} dead rows for each live one"),
            _ => null,
        };
        since = reason is null ? null : since ?? clock.GetTimestamp();
        return reason;
    }

    /// <summary>Counts a wait.</summary>
    public void Wait(string what, TimeSpan time) => waited[what] = waited.GetValueOrDefault(what) + time;

    /// <summary>What a reason is about, without its numbers.</summary>
    public static string Kind(string reason) => reason.Contains("replica", StringComparison.Ordinal) ? "replicas" : reason.Contains("WAL", StringComparison.Ordinal) ? "wal" : "vacuum";

    private static string Megabytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576:0.#} MB");
}

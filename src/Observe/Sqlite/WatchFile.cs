using System.Text.Json;
using System.Text.Json.Serialization;
using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Notify;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Sqlite;

/// <summary>What the watch knows besides values: alerts, those of the past, silences, and who was told of what. It outlives the process.</summary>
/// <param name="file">The file; it is closed with this.</param>
internal sealed class WatchFile(BlockFile file) : IDisposable
{
    private static readonly TimeSpan PastStays = TimeSpan.FromDays(90);

    /// <summary>The alerts that are pending or firing.</summary>
    public IReadOnlyList<Alert> Alerts() => [.. file.Documents("alert").Values.Select(Read)];

    /// <summary>The alerts that have fired and are resolved, the newest first.</summary>
    public IReadOnlyList<Alert> Past() => [.. file.Documents("past").Values.Select(Read).OrderByDescending(alert => alert.ResolvedAt)];

    /// <summary>When the rules were last evaluated; null for never.</summary>
    public DateTimeOffset? EvaluatedAt() => file.Documents("round").TryGetValue("at", out var text) ? JsonSerializer.Deserialize(text, WatchJson.Default.DateTimeOffset) : null;

    /// <summary>The silences that have not ended.</summary>
    /// <param name="now">The moment.</param>
    public IReadOnlyList<Silence> Silences(DateTimeOffset now) => [.. file.Documents("silence").Values.Select(text => JsonSerializer.Deserialize(text, WatchJson.Default.Silence)!).Where(silence => silence.Until > now).OrderBy(silence => silence.From)];

    /// <summary>What is known of the messages of each group.</summary>
    public Dictionary<string, GroupState> Groups() => file.Documents("group").ToDictionary(pair => pair.Key, pair => JsonSerializer.Deserialize(pair.Value, WatchJson.Default.GroupState)!, StringComparer.Ordinal);

    /// <summary>Writes the alerts of a round, in the place of those of the one before.</summary>
    /// <param name="alerts">All of them.</param>
    /// <param name="now">The moment.</param>
    public void Write(IReadOnlyList<Alert> alerts, DateTimeOffset now) => file.Together(() =>
    {
        var open = alerts.Where(alert => alert.Phase != AlertPhase.Resolved).ToDictionary(alert => alert.Key, Text, StringComparer.Ordinal);
        foreach (var (key, before) in file.Documents("alert"))
        {
            if (!open.TryGetValue(key, out var text))
                file.Put("alert", key, null);
            else if (text == before)
                open.Remove(key);
        }

        foreach (var (key, text) in open)
            file.Put("alert", key, text);
        foreach (var ended in alerts.Where(alert => alert.Phase == AlertPhase.Resolved))
            file.Put("past", $"{ended.ResolvedAt!.Value.ToUnixTimeMilliseconds():D14} {ended.Key}", Text(ended));
        file.Put("round", "at", JsonSerializer.Serialize(now, WatchJson.Default.DateTimeOffset));
    });

    /// <summary>Writes what is known of a group's messages.</summary>
    /// <param name="key">The group.</param>
    /// <param name="state">What is known; null when nothing is.</param>
    public void Write(string key, GroupState? state) => file.Put("group", key, state is null ? null : JsonSerializer.Serialize(state, WatchJson.Default.GroupState));

    /// <summary>Writes a silence.</summary>
    /// <param name="silence">The silence.</param>
    public void Write(Silence silence) => file.Put("silence", silence.Id, JsonSerializer.Serialize(silence, WatchJson.Default.Silence));

    /// <summary>Ends a silence; false when there is none of this name.</summary>
    /// <param name="id">Its name.</param>
    public bool EndSilence(string id)
    {
        if (!file.Documents("silence").ContainsKey(id))
            return false;
        file.Put("silence", id, null);
        return true;
    }

    /// <summary>Removes what is long past.</summary>
    /// <param name="now">The moment.</param>
    public void Maintain(DateTimeOffset now)
    {
        foreach (var (key, _) in file.Documents("past").Where(pair => string.CompareOrdinal(pair.Key, (now - PastStays).ToUnixTimeMilliseconds().ToString("D14", System.Globalization.CultureInfo.InvariantCulture)) < 0))
            file.Put("past", key, null);
        foreach (var (key, _) in file.Documents("silence").Where(pair => JsonSerializer.Deserialize(pair.Value, WatchJson.Default.Silence)!.Until < now))
            file.Put("silence", key, null);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private static string Text(Alert alert) => JsonSerializer.Serialize(
        new StoredAlert(alert.Rule, alert.Labels.Pairs.ToDictionary(StringComparer.Ordinal), alert.Severity, alert.Phase, alert.Since, alert.FiredAt, alert.ResolvedAt, double.IsFinite(alert.Value) ? alert.Value : null, alert.Summary),
        WatchJson.Default.StoredAlert);

    private static Alert Read(string text)
    {
        var stored = JsonSerializer.Deserialize(text, WatchJson.Default.StoredAlert)!;
        return new Alert
        {
            Rule = stored.Rule, Labels = LabelSet.Of(stored.Labels), Severity = stored.Severity, Phase = stored.Phase, Since = stored.Since,
            FiredAt = stored.FiredAt, ResolvedAt = stored.ResolvedAt, Value = stored.Value ?? double.NaN, Summary = stored.Summary,
        };
    }
}

/// <summary>An alert as it stands in the file.</summary>
internal sealed record StoredAlert(
    string Rule, Dictionary<string, string> Labels, AlertSeverity Severity, AlertPhase Phase, DateTimeOffset Since, DateTimeOffset? FiredAt, DateTimeOffset? ResolvedAt, double? Value, string Summary);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoredAlert))]
[JsonSerializable(typeof(Silence))]
[JsonSerializable(typeof(GroupState))]
[JsonSerializable(typeof(DateTimeOffset))]
internal sealed partial class WatchJson : JsonSerializerContext;

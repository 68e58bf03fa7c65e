using System.Text.Json.Nodes;

namespace Lockkeeper.Migrate.Running;

/// <summary>Writes what was seen of a migration's locks into the ledger.</summary>
internal static class LockRecordBody
{
    /// <summary>The record as JSON.</summary>
    public static JsonObject Of(LockRecord record) => new()
    {
        ["held"] = new JsonArray([.. record.Held.Select(held => new JsonObject
        {
            ["relation"] = held.Relation, ["mode"] = held.Mode, ["from_ms"] = Milliseconds(held.From), ["held_ms"] = Milliseconds(held.For), ["at_most"] = held.AtMost,
        })]),
        ["samples"] = record.Samples,
        ["most_waiting"] = record.MostWaiting,
        ["longest_wait_ms"] = Milliseconds(record.LongestWait),
        ["waiting"] = Words(record.Waiting),
        ["missed"] = new JsonArray([.. record.Missed.Select(missed => new JsonObject { ["try"] = missed.Try, ["why"] = missed.Why, ["held_by"] = Words(missed.HeldBy) })]),
        ["terminated"] = Words(record.Terminated),
        ["not_watched"] = record.NotWatched,
    };

    private static JsonArray Words(IReadOnlyList<string> lines) => new([.. lines.Select(line => JsonValue.Create(line))]);

    private static double Milliseconds(TimeSpan span) => Math.Round(span.TotalMilliseconds, 1);
}

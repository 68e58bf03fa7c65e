using System.Text.Json;
using Lockkeeper.Kernel.Ledger;

namespace Lockkeeper.Migrate.Proof;

/// <summary>A forecast beside what came.</summary>
/// <param name="Environment">Where.</param>
/// <param name="Database">Which database.</param>
/// <param name="Id">Which migration.</param>
/// <param name="ForecastMs">The time that was forecast.</param>
/// <param name="ActualMs">The time that the real run took, its waiting for locks included.</param>
/// <param name="At">When it ran.</param>
internal sealed record ForecastBesideActual(string Environment, string Database, string Id, double ForecastMs, double ActualMs, DateTimeOffset At)
{
    /// <summary>How many times longer than forecast it took.</summary>
    public double Ratio => ActualMs / Math.Max(ForecastMs, 0.1);

    /// <summary>The locks that were forecast and that the run was seen to hold.</summary>
    public IReadOnlyList<HoldBesideActual> Holds { get; init; } = [];
}

/// <summary>The forecast of a lock beside what was seen of it.</summary>
/// <param name="Relation">The relation.</param>
/// <param name="Mode">The mode that was held.</param>
/// <param name="ForecastMs">How long it was to be held.</param>
/// <param name="ActualMs">How long it was held.</param>
/// <param name="AtMost">Whether it may have been shorter.</param>
internal sealed record HoldBesideActual(string Relation, string Mode, double ForecastMs, double ActualMs, bool AtMost);

/// <summary>Puts the forecasts in the ledger beside the runs that came after them.</summary>
internal static class Calibration
{
    /// <summary>Reads them, oldest first: for each step that was done, the last forecast before it in the same environment and database.</summary>
    public static async Task<IReadOnlyList<ForecastBesideActual>> ReadAsync(ILedger ledger, string? environment, CancellationToken cancel)
    {
        var forecasts = new Dictionary<(string, string, string), (double Expected, JsonElement Locks)>();
        var pairs = new List<ForecastBesideActual>();
        await foreach (var entry in ledger.ReadAsync(new LedgerFilter { Environment = environment, Kinds = [ProofRecord.Kind, "step.done"] }, cancel))
        {
            if (entry.Fact is not { Environment: { } where, Database: { } database })
                continue;
            using var body = JsonDocument.Parse(entry.Fact.Body);
            if (entry.Fact.Kind == ProofRecord.Kind)
            {
                foreach (var migration in body.RootElement.GetProperty("migrations").EnumerateArray().Where(migration => migration.GetProperty("expected_ms").ValueKind == JsonValueKind.Number))
                    forecasts[(where, database, migration.GetProperty("id").GetString()!)] = (migration.GetProperty("expected_ms").GetDouble(), migration.GetProperty("locks").Clone());
            }
            else if (forecasts.Remove((where, database, body.RootElement.GetProperty("step").GetString()!), out var forecast))
            {
                pairs.Add(new ForecastBesideActual(where, database, body.RootElement.GetProperty("step").GetString()!, forecast.Expected, body.RootElement.GetProperty("duration_ms").GetDouble(), entry.At)
                {
                    Holds = body.RootElement.TryGetProperty("locks", out var seen) ? [.. Holds(forecast.Locks, seen.GetProperty("held"))] : [],
                });
            }
        }

        return pairs;
    }

    /// <summary>Forecasts write a relation with its schema, and a run as the search path lets it be written. Of several forecasts for one lock the longest counts: it is held from the first.</summary>
    private static IEnumerable<HoldBesideActual> Holds(JsonElement forecasts, JsonElement held)
    {
        foreach (var actual in held.EnumerateArray())
        {
            var (relation, mode) = (actual.GetProperty("relation").GetString()!, actual.GetProperty("mode").GetString()!);
            var longest = forecasts.EnumerateArray()
                .Where(forecast => forecast.GetProperty("mode").GetString() == mode && forecast.GetProperty("relation").GetString() is { } name && (name == relation || name.EndsWith($".{relation}", StringComparison.Ordinal)))
                .Select(forecast => (double?)forecast.GetProperty("hold_ms").GetDouble()).Max();
            if (longest is { } milliseconds)
                yield return new HoldBesideActual(relation, mode, milliseconds, actual.GetProperty("held_ms").GetDouble(), actual.GetProperty("at_most").GetBoolean());
        }
    }
}

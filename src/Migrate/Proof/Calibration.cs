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
}

/// <summary>Puts the forecasts in the ledger beside the runs that came after them.</summary>
internal static class Calibration
{
    /// <summary>Reads them, oldest first: for each step that was done, the last forecast before it in the same environment and database.</summary>
    public static async Task<IReadOnlyList<ForecastBesideActual>> ReadAsync(ILedger ledger, string? environment, CancellationToken cancel)
    {
        var forecasts = new Dictionary<(string, string, string), double>();
        var pairs = new List<ForecastBesideActual>();
        await foreach (var entry in ledger.ReadAsync(new LedgerFilter { Environment = environment, Kinds = [ProofRecord.Kind, "step.done"] }, cancel))
        {
            if (entry.Fact is not { Environment: { } where, Database: { } database })
                continue;
            using var body = JsonDocument.Parse(entry.Fact.Body);
            if (entry.Fact.Kind == ProofRecord.Kind)
            {
                foreach (var migration in body.RootElement.GetProperty("migrations").EnumerateArray().Where(migration => migration.GetProperty("expected_ms").ValueKind == JsonValueKind.Number))
                    forecasts[(where, database, migration.GetProperty("id").GetString()!)] = migration.GetProperty("expected_ms").GetDouble();
            }
            else if (forecasts.Remove((where, database, body.RootElement.GetProperty("step").GetString()!), out var forecast))
            {
                pairs.Add(new ForecastBesideActual(where, database, body.RootElement.GetProperty("step").GetString()!, forecast, body.RootElement.GetProperty("duration_ms").GetDouble(), entry.At));
            }
        }

        return pairs;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Proof;

/// <summary>The forecasts of prove for the files of a plan, to stand beside what came in the entries of its steps.</summary>
internal static class StepForecasts
{
    /// <summary>The last forecast of each migration in an environment, by its id; only of files that are still the same.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="draft">What is about to run.</param>
    /// <param name="cancel">Stops reading.</param>
    public static async Task<IReadOnlyDictionary<string, JsonObject>> ReadAsync(ILedger ledger, string environment, Draft draft, CancellationToken cancel)
    {
        var forecasts = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        if (draft.Migrations.Count == 0)
            return forecasts;
        try
        {
            await foreach (var entry in ledger.ReadAsync(new LedgerFilter { Environment = environment, Kinds = [ProofRecord.Kind] }, cancel))
            {
                if (entry.Fact.Database != draft.Series.Name)
                    continue;
                using var body = JsonDocument.Parse(entry.Fact.Body);
                foreach (var migration in body.RootElement.GetProperty("migrations").EnumerateArray())
                {
                    var id = migration.GetProperty("id").GetString()!;
                    var isSame = draft.Migrations.TryGetValue(id, out var prepared) && prepared.Migration.Up.Sha256 == migration.GetProperty("up").GetString();
                    if (isSame && migration.GetProperty("expected_ms") is { ValueKind: JsonValueKind.Number } expected)
                        forecasts[id] = new JsonObject { ["expected_ms"] = expected.GetDouble(), ["locks"] = JsonArray.Create(migration.GetProperty("locks").Clone()), ["at"] = entry.At };
                }
            }
        }
        catch (LockkeeperException)
        {
            // A ledger that cannot be read forecasts nothing; that it cannot be written, the run says.
        }

        return forecasts;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Proof.Queries;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Proof;

/// <summary>Proofs in the ledger: what was forecast, and which ways back were gone.</summary>
internal static class ProofRecord
{
    /// <summary>The kind of the entries.</summary>
    public const string Kind = "proof.made";

    /// <summary>Records a proof.</summary>
    public static async Task WriteAsync(Workspace workspace, string? environment, ReleaseProof proof, CancellationToken cancel)
    {
        var body = new JsonObject
        {
            ["artifact"] = proof.Artifact,
            ["target"] = proof.Target,
            ["shadow"] = proof.Shadow,
            ["migrations"] = new JsonArray([.. proof.Migrations.Select(Of)]),
        };
        if (proof.Queries is { } queries)
            body["queries"] = QueriesRecord.Of(queries);
        await workspace.Ledger.AppendAsync(new LedgerFact(Kind, RunId.New(workspace.Clock), environment, proof.Database, workspace.Actor, workspace.Redactor.Redact(body.ToJsonString())), cancel);
    }

    /// <summary>The ways back of a database that were proven: hashes of the script and of its way back.</summary>
    public static async Task<IReadOnlySet<(string Up, string Down)>> ProvenAsync(ILedger ledger, string database, CancellationToken cancel)
    {
        var proven = new HashSet<(string, string)>();
        await foreach (var entry in ledger.ReadAsync(new LedgerFilter { Kinds = [Kind] }, cancel))
        {
            if (entry.Fact.Database != database)
                continue;
            using var body = JsonDocument.Parse(entry.Fact.Body);
            foreach (var migration in body.RootElement.GetProperty("migrations").EnumerateArray())
            {
                if (migration.GetProperty("down").GetString() is not { } down)
                    continue;
                var key = (migration.GetProperty("up").GetString()!, down);
                // The last word counts: what stands before it may have changed since.
                if (migration.GetProperty("way_back").GetString() == nameof(WayBackState.Proven))
                    proven.Add(key);
                else
                    proven.Remove(key);
            }
        }

        return proven;
    }

    /// <summary>Marks the steps of a plan whose way back was proven.</summary>
    public static async Task<Draft> MarkAsync(Draft draft, ILedger ledger, CancellationToken cancel)
    {
        if (draft.Plan.Steps.All(step => step.Undo.Kind != UndoKind.Written))
            return draft;
        IReadOnlySet<(string, string)> proven;
        try
        {
            proven = await ProvenAsync(ledger, draft.Series.Name, cancel);
        }
        catch (LockkeeperException)
        {
            // A ledger that cannot be read proves nothing, and a plan is shown without it.
            return draft;
        }

        return draft with { Plan = draft.Plan with { Steps = [.. draft.Plan.Steps.Select(step => IsProven(draft, step, proven) ? step with { Undo = step.Undo with { Kind = UndoKind.Proven } } : step)] } };
    }

    /// <summary>Whether a step's way back was proven.</summary>
    public static bool IsProven(Draft draft, Step step, IReadOnlySet<(string Up, string Down)> proven) =>
        draft.Migrations.GetValueOrDefault(step.Id)?.Migration is { Down: { } down } migration && proven.Contains((migration.Up.Sha256, down.Sha256));

    private static JsonNode Of(MigrationProof proof)
    {
        var migration = proof.Migration.Migration;
        return new JsonObject
        {
            ["id"] = migration.Id,
            ["up"] = migration.Up.Sha256,
            ["down"] = migration.Down?.Sha256,
            ["way_back"] = proof.WayBack.State.ToString(),
            ["expected_ms"] = proof.Forecast?.ExpectedMs,
            ["locks"] = new JsonArray([.. (proof.Forecast?.Locks ?? []).Select(held => new JsonObject
            {
                ["relation"] = held.Relation, ["mode"] = held.Mode, ["hold_ms"] = held.HoldMs, ["blocked_per_second"] = held.BlockedPerSecond, ["chance"] = held.Chance,
            })]),
        };
    }
}

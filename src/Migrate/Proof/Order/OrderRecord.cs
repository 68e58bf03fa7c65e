using System.Text.Json;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Proof.Order;

/// <summary>Proofs of free order in the ledger, by the hashes of the files: an edited file has none.</summary>
internal sealed class OrderRecord : IOrderProofs
{
    /// <summary>The kind of the entries.</summary>
    public const string Kind = "proof.order";

    private readonly HashSet<string> free = new(StringComparer.Ordinal);

    private OrderRecord()
    {
    }

    /// <summary>Records what was tried.</summary>
    public static async Task WriteAsync(Workspace workspace, string? environment, string database, string shadow, IReadOnlyList<OrderProof> proofs, CancellationToken cancel)
    {
        var body = new JsonObject
        {
            ["shadow"] = shadow,
            ["orders"] = new JsonArray([.. proofs.Where(proof => proof.Outcome != OrderOutcome.NotTried).Select(proof => new JsonObject
            {
                ["late"] = proof.Late.Id,
                ["late_sha256"] = proof.Late.Up.Sha256,
                ["newer"] = new JsonArray([.. proof.Newer.Select(migration => (JsonNode)migration.Id)]),
                ["newer_sha256"] = new JsonArray([.. proof.Newer.Select(migration => (JsonNode)migration.Up.Sha256)]),
                ["outcome"] = proof.Outcome.ToString(),
                ["free"] = proof.IsFree,
            })]),
        };
        await workspace.Ledger.AppendAsync(new LedgerFact(Kind, RunId.New(workspace.Clock), environment, database, workspace.Actor, workspace.Redactor.Redact(body.ToJsonString())), cancel);
    }

    /// <summary>A series held against a history, with what is proven; asks the ledger only when something is late.</summary>
    public static async Task<HistoryComparison> CompareAsync(Workspace workspace, DatabaseConfig database, MigrationSeries series, IReadOnlyList<HistoryRow> rows, CancellationToken cancel)
    {
        var comparison = HistoryComparison.Of(series, rows, database.OutOfOrder);
        return comparison.Late.Count == 0 || database.OutOfOrder != OutOfOrderPolicy.Proven ? comparison
            : HistoryComparison.Of(series, rows, database.OutOfOrder, await ForAsync(workspace, database, cancel));
    }

    /// <summary>What counts for a database; asks the ledger only where its policy wants to know.</summary>
    public static async Task<IOrderProofs> ForAsync(Workspace workspace, DatabaseConfig database, CancellationToken cancel)
    {
        if (database.OutOfOrder != OutOfOrderPolicy.Proven)
            return IOrderProofs.None;
        var proofs = new OrderRecord();
        try
        {
            await foreach (var entry in workspace.Ledger.ReadAsync(new LedgerFilter { Kinds = [Kind] }, cancel))
            {
                if (entry.Fact.Database == database.Name)
                    proofs.Learn(entry.Fact.Body);
            }
        }
        catch (LockkeeperException e) when (e.Code != KernelErrors.Cancelled)
        {
            // A ledger that cannot be read proves nothing.
            return IOrderProofs.None;
        }

        return proofs;
    }

    public bool Commutes(Migration late, IReadOnlyList<HistoryRow> newer) => free.Contains(Key(late.Up.Sha256, newer.Select(row => row.Sha256)));

    /// <summary>The last word counts.</summary>
    private void Learn(string text)
    {
        using var body = JsonDocument.Parse(text);
        foreach (var order in body.RootElement.GetProperty("orders").EnumerateArray())
        {
            var key = Key(order.GetProperty("late_sha256").GetString()!, order.GetProperty("newer_sha256").EnumerateArray().Select(sha => sha.GetString()!));
            if (order.GetProperty("free").GetBoolean())
                free.Add(key);
            else
                free.Remove(key);
        }
    }

    private static string Key(string late, IEnumerable<string> newer) => $"{late} {string.Join(',', newer)}";
}

using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Ledger;

/// <summary>What was compared with what it should be.</summary>
public enum DriftOf
{
    /// <summary>The schema of a database, with the one that the last run left.</summary>
    Schema,

    /// <summary>A cluster, with its declaration.</summary>
    Cluster,
}

/// <summary>What a look for drift has found, as the ledger has it.</summary>
/// <param name="Of">What was looked at.</param>
/// <param name="Environment">The environment; null for a cluster that belongs to none.</param>
/// <param name="Name">The database's name in the configuration, or the cluster's.</param>
/// <param name="Differences">How many differences there were.</param>
/// <param name="Run">The run of the entry, by which it is found again.</param>
/// <param name="At">When.</param>
public sealed record DriftCheck(DriftOf Of, string? Environment, string Name, int Differences, string Run, DateTimeOffset At)
{
    /// <summary>Ledger kind of a look.</summary>
    public const string Kind = "drift.checked";

    /// <summary>So many are named in an entry; the verb that looks says all.</summary>
    private const int MostNamed = 10;

    /// <summary>The kinds of entries that <see cref="Read"/> understands: looks, and runs that end with a look of their own.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [Kind, ApprovalRequest.FinishedKind];

    /// <summary>Records a look. A ledger that cannot be written does not spoil the look; it is said.</summary>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="of">What was looked at.</param>
    /// <param name="environment">The environment; null for a cluster that belongs to none.</param>
    /// <param name="name">The database's name in the configuration, or the cluster's.</param>
    /// <param name="differences">What was found, a phrase each.</param>
    /// <param name="cancel">Stops waiting for another writer.</param>
    public static async Task RecordAsync(Workspace workspace, DriftOf of, string? environment, string name, IReadOnlyList<string> differences, CancellationToken cancel)
    {
        var body = new JsonObject
        {
            ["of"] = of.ToString().ToLowerInvariant(),
            ["differences"] = differences.Count,
            ["first"] = new JsonArray([.. differences.Take(MostNamed).Select(words => JsonValue.Create(words))]),
        };
        try
        {
            await workspace.Ledger.AppendAsync(new LedgerFact(Kind, RunId.New(workspace.Clock), environment, name, workspace.Actor, workspace.Redactor.Redact(body.ToJsonString())), cancel);
        }
        catch (LockkeeperException e) when (e.Code != KernelErrors.Cancelled)
        {
            workspace.Progress.Say($"warning: the ledger does not know of this look: {e.Message}");
        }
    }

    /// <summary>What an entry says of drift; null when it says nothing.</summary>
    /// <param name="entry">The entry.</param>
    public static DriftCheck? Read(LedgerEntry entry)
    {
        var fact = entry.Fact;
        if (!Kinds.Contains(fact.Kind, StringComparer.Ordinal) || fact.Database is not { } name)
            return null;
        var body = JsonNode.Parse(fact.Body)!;
        if (fact.Kind == Kind)
            return new DriftCheck((string?)body["of"] == "cluster" ? DriftOf.Cluster : DriftOf.Schema, fact.Environment, name, (int)body["differences"]!, fact.Run, entry.At);
        // The end of a run over a cluster says what is left; the end of one over a database holds the fingerprint that it left, which is what drift is measured against.
        if (body["left"] is JsonArray left)
            return new DriftCheck(DriftOf.Cluster, fact.Environment, name, left.Count, fact.Run, entry.At);
        return (string?)body["fingerprint"] is null ? null : new DriftCheck(DriftOf.Schema, fact.Environment, name, 0, fact.Run, entry.At);
    }
}

using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>An entry of the ledger with its body read.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Body">The body; null when it is no JSON object.</param>
internal sealed record ReadEntry(LedgerEntry Entry, JsonObject? Body);

/// <summary>What the ledger knows of one migration.</summary>
/// <param name="Proof">What the newest proof says of it; null when it was not proven.</param>
/// <param name="ProvenAs">The entry of that proof.</param>
/// <param name="Steps">Each time that it was applied or tried, the oldest first.</param>
/// <param name="Gates">Gates and health of the runs that it was part of.</param>
/// <param name="Entries">All of these in order.</param>
internal sealed record ChangeRecord(JsonNode? Proof, ReadEntry? ProvenAs, IReadOnlyList<ReadEntry> Steps, IReadOnlyList<ReadEntry> Gates, IReadOnlyList<ReadEntry> Entries)
{
    /// <summary>Entries further back are on the ledger's own page.</summary>
    private const int EntriesLookedAt = 20_000;

    /// <summary>Reads it.</summary>
    public static async Task<ChangeRecord> ReadAsync(HttpContext context, ServerParts parts, string database, string migration)
    {
        using var workspace = parts.WorkspaceOf(Guard.CallerOf(context).Name, new SilentProgress());
        var all = new List<ReadEntry>();
        await foreach (var entry in workspace.Ledger.ReadAsync(new LedgerFilter { Last = EntriesLookedAt }, context.RequestAborted))
        {
            if (entry.Fact.Database == database)
                all.Add(new ReadEntry(entry, Read(entry.Fact.Body)));
        }

        var steps = all.Where(one => one.Entry.Fact.Kind.StartsWith("step.", StringComparison.Ordinal) && (string?)one.Body?["step"] == migration).ToList();
        var runs = steps.Select(one => one.Entry.Fact.Run).ToHashSet(StringComparer.Ordinal);
        var gates = all.Where(one => runs.Contains(one.Entry.Fact.Run) && one.Entry.Fact.Kind is "gate.passed" or "gate.failed" or "health.passed" or "health.failed" && runs.Contains(one.Entry.Fact.Run)).ToList();
        var proven = all.LastOrDefault(one => one.Entry.Fact.Kind == "proof.made" && OfProof(one, migration) is not null);
        var related = all.Where(one => runs.Contains(one.Entry.Fact.Run) || (one.Entry.Fact.Kind == "proof.made" && OfProof(one, migration) is not null) || (string?)one.Body?["migration"] == migration).ToList();
        return new ChangeRecord(proven is null ? null : OfProof(proven, migration), proven, steps, gates, related);
    }

    private static JsonNode? OfProof(ReadEntry entry, string migration) => (entry.Body?["migrations"] as JsonArray)?.FirstOrDefault(one => (string?)one?["id"] == migration);

    /// <summary>A body that was tampered with may be no JSON any more.</summary>
    private static JsonObject? Read(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}

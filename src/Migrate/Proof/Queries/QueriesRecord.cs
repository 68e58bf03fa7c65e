using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Proof.Queries;

/// <summary>What the ledger keeps of a proof's statements: counts, and of those that fail or change a hash of the text, which may be long.</summary>
internal static class QueriesRecord
{
    private const int HashCharacters = 16;

    /// <summary>As part of the record of the proof.</summary>
    public static JsonObject Of(QueriesProof proof) => new()
    {
        ["checked"] = proof.Old.Count,
        ["plans_compared"] = proof.ComparesPlans,
        ["breaks"] = List(proof.Old.Where(query => query.Breaks)),
        ["changes_types"] = List(proof.Old.Where(query => query.ChangesParameters || query.ChangesResult)),
        ["changes_plan"] = List(proof.Old.Where(query => query.ChangesPlan)),
        ["new"] = proof.New?.Count,
        ["new_fails"] = proof.New?.Count(query => query.After.Error is not null),
        ["deploy_order"] = proof.Order?.ToString(),
    };

    private static JsonArray List(IEnumerable<TriedQuery> queries) => [.. queries.Select(query => (JsonNode)new JsonObject
    {
        ["sql_sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(query.Query.Text)))[..HashCharacters],
        ["since"] = query.Since?.Migration.Id,
        ["calls_per_hour"] = query.Query.CallsPerHour is { } calls ? Math.Round(calls, 1) : null,
    })];
}

using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Ledger;

namespace Lockkeeper.Kernel.Gates;

/// <summary>A run that waits for approval, as the ledger has it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Environment">The environment.</param>
/// <param name="Database">The database.</param>
/// <param name="Requester">Who asked.</param>
/// <param name="Plan">The hash of the plan that the approval is for.</param>
/// <param name="Required">How many different people must approve.</param>
/// <param name="Groups">Groups that they must belong to; empty for anybody.</param>
/// <param name="Approvers">Who has approved.</param>
/// <param name="Used">Whether a run with this approval has changed the target.</param>
public sealed record ApprovalRequest(
    string Run, string Environment, string? Database, string Requester, string Plan, int Required, IReadOnlyList<string> Groups, IReadOnlyList<string> Approvers, bool Used)
{
    /// <summary>Ledger kind of a request.</summary>
    public const string RequestedKind = "approval.requested";

    /// <summary>Ledger kind of an approval.</summary>
    public const string GrantedKind = "approval.granted";

    /// <summary>Ledger kind of a run's end; its body says in <c>changed</c> whether the target was changed.</summary>
    public const string FinishedKind = "run.finished";

    /// <summary>Whether enough people have approved.</summary>
    public bool IsApproved => Approvers.Count >= Required;

    /// <summary>Reads requests from the ledger.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="filter">Which entries to look at.</param>
    /// <param name="cancel">Stops reading.</param>
    public static async Task<IReadOnlyList<ApprovalRequest>> ReadAsync(ILedger ledger, LedgerFilter filter, CancellationToken cancel)
    {
        var requests = new Dictionary<string, ApprovalRequest>(StringComparer.Ordinal);
        await foreach (var entry in ledger.ReadAsync(filter with { Kinds = [RequestedKind, GrantedKind, FinishedKind] }, cancel))
        {
            var (fact, body) = (entry.Fact, JsonNode.Parse(entry.Fact.Body)!);
            if (fact.Kind == RequestedKind)
                requests[fact.Run] = Read(fact, body);
            else if (requests.TryGetValue(fact.Run, out var request))
                requests[fact.Run] = fact.Kind == GrantedKind
                    ? request with { Approvers = [.. request.Approvers.Append(fact.Actor).Distinct()] }
                    : request with { Used = request.Used || (bool?)body["changed"] == true };
        }

        return [.. requests.Values];
    }

    /// <summary>The fact that asks for approval.</summary>
    /// <param name="run">The run.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="database">The database.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="plan">The plan's hash.</param>
    /// <param name="approvals">What is needed.</param>
    /// <param name="summary">What the plan does, a line a step.</param>
    public static LedgerFact Ask(string run, string environment, string database, string actor, string plan, ApprovalConfig approvals, IEnumerable<string> summary) =>
        new(RequestedKind, run, environment, database, actor, new JsonObject
        {
            ["plan"] = plan,
            ["required"] = approvals.Required,
            ["groups"] = new JsonArray([.. approvals.Groups.Select(group => JsonValue.Create(group))]),
            ["steps"] = new JsonArray([.. summary.Select(line => JsonValue.Create(line))]),
        }.ToJsonString());

    /// <summary>The fact that approves a run.</summary>
    /// <param name="actor">Who approves.</param>
    public LedgerFact Grant(string actor) => new(GrantedKind, Run, Environment, Database, actor, new JsonObject { ["plan"] = Plan }.ToJsonString());

    private static ApprovalRequest Read(LedgerFact fact, JsonNode body) => new(
        fact.Run, fact.Environment ?? "", fact.Database, fact.Actor, (string)body["plan"]!, (int)body["required"]!, [.. body["groups"]!.AsArray().Select(group => (string)group!)], [], false);
}

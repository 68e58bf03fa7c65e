using System.Text.Json;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Jobs;

namespace Lockkeeper.Server.Proposals;

/// <summary>Carries a proposal out in a person's name, if it would still do what was proposed.</summary>
internal static class ProposalRun
{
    /// <summary>The values with which a verb only shows what it would do.</summary>
    public static IReadOnlyDictionary<string, string> Dry(IReadOnlyDictionary<string, string> values) =>
        new Dictionary<string, string>(values, StringComparer.Ordinal) { [StandardParameters.DryRun.Name] = "true" };

    /// <summary>What stands in the ledger of a proposal.</summary>
    public static string Body(Proposal proposal)
    {
        var values = new JsonObject();
        foreach (var (name, value) in proposal.Values)
            values[name] = value;
        return new JsonObject { ["proposal"] = proposal.Id, ["verb"] = proposal.Verb, ["values"] = values, ["by"] = proposal.ProposedBy, ["plan"] = proposal.PlanHash, ["reason"] = proposal.Reason }
            .ToJsonString(new JsonSerializerOptions { TypeInfoResolver = JobJson.Default });
    }

    /// <summary>Carries it out.</summary>
    /// <param name="proposal">The proposal.</param>
    /// <param name="verb">Its verb.</param>
    /// <param name="store">Where it is kept.</param>
    /// <param name="workspace">The person's surroundings.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">It does not wait any more (LK7041), would do something else by now (LK7042), or the verb fails.</exception>
    public static async Task<Report> RunAsync(Proposal proposal, Verb verb, ProposalStore store, Workspace workspace, CancellationToken cancel)
    {
        RequireOpen(proposal, workspace.Clock.GetUtcNow());
        if (proposal.PlanHash is { } hash)
        {
            var now = await VerbRun.RunAsync(new VerbCall(verb, Dry(proposal.Values), workspace.With(new SilentProgress())), cancel);
            if (now.Error is { } error)
                throw error;
            if (PlanHash.Of(verb.Path, now, workspace.Redactor) != hash)
                throw new LockkeeperException(ServerErrors.ProposalChanged, $"'{proposal.CommandLine}' would do something else by now than what was proposed", $"Look at what it would do now ({proposal.CommandLine} --dry-run), and have it proposed again or run it yourself.");
        }

        var running = store.Change(proposal, proposal with { State = ProposalState.Running, DecidedBy = workspace.Actor, DecidedAt = workspace.Clock.GetUtcNow() });
        var isDone = false;
        try
        {
            await workspace.Ledger.AppendAsync(new LedgerFact("proposal.carried_out", RunId.New(workspace.Clock), null, null, workspace.Actor, Body(proposal)), cancel);
            var values = new Dictionary<string, string>(proposal.Values, StringComparer.Ordinal);
            if (verb.Effect == VerbEffect.Changes)
                values[StandardParameters.Yes.Name] = "true";
            var report = await VerbRun.RunAsync(new VerbCall(verb, values, workspace), cancel);
            isDone = report.Exit is ExitCode.Done or ExitCode.Findings or ExitCode.PartlyApplied;
            return report;
        }
        catch (LockkeeperException e)
        {
            isDone = e.Exit == ExitCode.PartlyApplied;
            throw;
        }
        finally
        {
            // What changed nothing, for want of an approval for example, can be carried out later.
            store.Change(running, running with { State = isDone ? ProposalState.Done : ProposalState.Waiting });
        }
    }

    /// <summary>Refuses it; it is carried out no more.</summary>
    /// <exception cref="LockkeeperException">It does not wait any more (LK7041).</exception>
    public static async Task RefuseAsync(Proposal proposal, ProposalStore store, Workspace workspace, CancellationToken cancel)
    {
        RequireOpen(proposal, workspace.Clock.GetUtcNow());
        store.Change(proposal, proposal with { State = ProposalState.Refused, DecidedBy = workspace.Actor, DecidedAt = workspace.Clock.GetUtcNow() });
        await workspace.Ledger.AppendAsync(new LedgerFact("proposal.refused", RunId.New(workspace.Clock), null, null, workspace.Actor, Body(proposal)), cancel);
    }

    private static void RequireOpen(Proposal proposal, DateTimeOffset now)
    {
        if (proposal.IsOpen(now))
            return;
        var why = proposal.State switch
        {
            ProposalState.Done => $"{proposal.DecidedBy} has carried it out",
            ProposalState.Refused => $"{proposal.DecidedBy} has refused it",
            ProposalState.Running => $"{proposal.DecidedBy} is carrying it out, or was interrupted while doing so",
            _ => $"it is older than {Proposal.Lasts.TotalHours} h",
        };
        throw new LockkeeperException(ServerErrors.ProposalDecided, $"proposal {proposal.Id} does not wait any more: {why}", "Have it proposed again, or run the command yourself.");
    }
}

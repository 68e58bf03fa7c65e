using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Jobs;

/// <summary>A call of a verb from outside, by the API or by a page: looked at before anything is done.</summary>
internal static class VerbRequest
{
    /// <summary>Refuses what may not come from outside, and who may not call it. An approval is a matter of the place that it is for, which the ledger knows.</summary>
    /// <exception cref="LockkeeperException">A parameter is not open (LK7006), or the caller may not (LK7001).</exception>
    public static async Task CheckAsync(ServerParts parts, Caller caller, Verb verb, IReadOnlyDictionary<string, string> values, CancellationToken cancel)
    {
        var open = VerbRights.ParametersOf(verb).Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        if (values.Keys.FirstOrDefault(name => !open.Contains(name)) is { } other)
            throw new LockkeeperException(ServerErrors.BadRequest, $"'{verb.Path}' takes no '{other}' here", $"It takes {string.Join(", ", open.Order(StringComparer.Ordinal))}.");
        if (verb.Path == "approve" && values.TryGetValue("run", out var run))
        {
            using var workspace = parts.WorkspaceOf(caller.Name, new SilentProgress());
            if ((await ApprovalRequest.ReadAsync(workspace.Ledger, new LedgerFilter { Run = run }, cancel)).SingleOrDefault() is { } request)
            {
                caller.Require(VerbRights.RoleOf(verb, values), request.Environment, request.Database);
                return;
            }
        }

        // Who carries a proposal out does what it proposes.
        if (verb.Path is "proposal run" or "proposal refuse" && values.TryGetValue("id", out var id) && parts.Proposals.Get(id) is var proposal && parts.Verbs.TryGetValue(proposal.Verb, out var proposed))
        {
            VerbRights.Require(caller, proposed, proposal.Values);
            return;
        }

        VerbRights.Require(caller, verb, values);
    }

    /// <summary>Makes a job of a call.</summary>
    /// <param name="parts">The server.</param>
    /// <param name="caller">Who calls.</param>
    /// <param name="verb">The verb.</param>
    /// <param name="values">The values given.</param>
    /// <param name="key">The idempotency key; null for none.</param>
    /// <param name="cancel">The caller goes away.</param>
    /// <exception cref="LockkeeperException">The call is refused, or what it says cannot be understood: that is said now, and not by a job.</exception>
    public static async Task<Job> StartAsync(ServerParts parts, Caller caller, Verb verb, IReadOnlyDictionary<string, string> values, string? key, CancellationToken cancel)
    {
        await CheckAsync(parts, caller, verb, values, cancel);
        using (var workspace = parts.WorkspaceOf(caller.Name, new SilentProgress()))
            _ = new VerbCall(verb, values, workspace);
        return parts.Jobs.Start(verb.Path, values, caller.Name, key);
    }

    /// <summary>Asks a job to stop: who called it may, and who may call it.</summary>
    /// <exception cref="LockkeeperException">The caller may not (LK7001).</exception>
    public static async Task StopAsync(ServerParts parts, Caller caller, Job job, CancellationToken cancel)
    {
        if (caller.Name != job.Actor)
            VerbRights.Require(caller, parts.Verbs[job.Verb], job.Values);
        parts.Jobs.Stop(job);
        await parts.RecordAsync("server.stopped_job", caller.Name, $$"""{"job":"{{job.Id}}"}""", cancel);
    }
}

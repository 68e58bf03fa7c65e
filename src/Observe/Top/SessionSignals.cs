using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Observe.Top;

/// <summary>Stops sessions, each with its entries in the ledger: that it was asked for before it is done, and what became of it.</summary>
internal sealed class SessionSignals(string target, Workspace workspace)
{
    /// <summary>Stops a session.</summary>
    /// <returns>What to tell who asked.</returns>
    public async Task<string> SendAsync(ITopSource source, SignalKind kind, TopSession session, CancellationToken cancel)
    {
        var run = RunId.New(workspace.Clock);
        var word = kind == SignalKind.Cancel ? "session.cancel" : "session.terminate";
        // The ledger first: nobody's session ends without an entry.
        await AppendAsync(word + ".asked", run, session, null, cancel);
        try
        {
            var outcome = await source.SignalAsync(kind, session, cancel);
            await AppendAsync(word + ".done", run, session, outcome == SignalOutcome.Sent ? "told" : "gone", CancellationToken.None);
            return (outcome, kind) switch
            {
                (SignalOutcome.Sent, SignalKind.Cancel) => $"the statement of {session.Pid} was cancelled",
                (SignalOutcome.Sent, _) => $"the session {session.Pid} was ended",
                (_, SignalKind.Cancel) => $"nothing was done: that statement of {session.Pid} has ended by itself",
                _ => $"nothing was done: the session {session.Pid} has ended by itself",
            };
        }
        catch (LockkeeperException e)
        {
            await AppendAsync(word + ".done", run, session, "failed: " + e.Message, CancellationToken.None);
            throw;
        }
    }

    private Task AppendAsync(string kind, string run, TopSession session, string? outcome, CancellationToken cancel)
    {
        var body = new JsonObject
        {
            ["target"] = target,
            ["pid"] = session.Pid,
            ["backend_start"] = session.StartedAt.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            ["user"] = session.User,
            ["database"] = session.Database,
            ["application"] = session.Application,
            ["client"] = session.Client,
            ["statement"] = session.Statement,
        };
        if (outcome is not null)
            body["outcome"] = outcome;
        return workspace.Ledger.AppendAsync(new LedgerFact(kind, run, Environment: null, Database: null, workspace.Actor, workspace.Redactor.Redact(body.ToJsonString())), cancel);
    }
}

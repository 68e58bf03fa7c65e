using Lockkeeper.Host;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Jobs;

namespace Lockkeeper.Server.Web;

/// <summary>What the server consists of while it runs.</summary>
internal sealed class ServerParts
{
    /// <summary>The verbs that it offers, by their words.</summary>
    public required IReadOnlyDictionary<string, Verb> Verbs { get; init; }

    /// <summary>Where and as whom it was started.</summary>
    public required Workspace Home { get; init; }

    /// <summary>The configuration file that was named; null for the nearest.</summary>
    public required string? ConfigFile { get; init; }

    /// <summary>People, tokens and sessions.</summary>
    public required AccessStore Access { get; init; }

    /// <summary>Lets people in.</summary>
    public required AccessDesk Desk { get; init; }

    /// <summary>What runs, and what has run.</summary>
    public required JobRunner Jobs { get; init; }

    /// <summary>Secrets that no answer may hold; all calls share it, so that what one has learnt is hidden in all.</summary>
    public Redactor Redactor => Home.Redactor;

    /// <summary>The clock.</summary>
    public TimeProvider Clock => Home.Clock;

    /// <summary>The surroundings of one call: the configuration as it is now, and the caller's name.</summary>
    public Workspace WorkspaceOf(string actor, IProgressSink progress) => WorkspaceFactory.Create(ConfigFile, Home.Environment, progress, Redactor, Home.Http, actor: actor);

    /// <summary>Writes what somebody did at the server into the ledger.</summary>
    /// <param name="kind">What, for example <c>server.signed_in</c>.</param>
    /// <param name="actor">Who.</param>
    /// <param name="body">A JSON object.</param>
    /// <param name="cancel">Stops waiting for another writer.</param>
    public async Task RecordAsync(string kind, string actor, string body, CancellationToken cancel)
    {
        using var workspace = WorkspaceOf(actor, new SilentProgress());
        await workspace.Ledger.AppendAsync(new LedgerFact(kind, RunId.New(Clock), null, null, actor, Redactor.Redact(body)), cancel);
    }
}

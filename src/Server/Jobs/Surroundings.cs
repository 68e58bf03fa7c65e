using Lockkeeper.Host;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Server.Jobs;

/// <summary>Where the verbs that somebody calls through a server run: each call reads the configuration as it is then, and is made in the caller's name.</summary>
/// <param name="home">Where and as whom the server was started.</param>
/// <param name="configFile">The configuration file that was named; null for the nearest.</param>
internal sealed class Surroundings(Workspace home, string? configFile)
{
    private readonly ConfigCache cache = new(home.Folder, configFile);

    /// <summary>Secrets that no answer may hold; all calls share it, so that what one has learnt is hidden in all.</summary>
    public Redactor Redactor => home.Redactor;

    /// <summary>The surroundings of one call.</summary>
    /// <param name="actor">Who calls.</param>
    /// <param name="progress">Where it says what it is doing.</param>
    public Workspace WorkspaceOf(string actor, IProgressSink progress) => WorkspaceFactory.Create(configFile, home.Environment, progress, Redactor, home.Http, actor: actor, cache: cache);

    /// <summary>Runs a verb; whatever happens becomes a report, an error, or both.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="values">The values given.</param>
    /// <param name="actor">Who calls.</param>
    /// <param name="progress">Where it says what it is doing.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<(Report? Report, LockkeeperException? Error)> RunAsync(Verb verb, IReadOnlyDictionary<string, string> values, string actor, IProgressSink progress, CancellationToken cancel)
    {
        try
        {
            using var workspace = WorkspaceOf(actor, progress);
            var report = await VerbRun.RunAsync(new VerbCall(verb, values, workspace), cancel);
            return (report, report.Error);
        }
        catch (Exception e)
        {
            return (null, e as LockkeeperException ?? VerbRun.Unexpected(e));
        }
    }

    /// <summary>Writes what somebody did into the ledger.</summary>
    /// <param name="kind">What, for example <c>server.signed_in</c>.</param>
    /// <param name="actor">Who.</param>
    /// <param name="body">A JSON object.</param>
    /// <param name="cancel">Stops waiting for another writer.</param>
    public async Task RecordAsync(string kind, string actor, string body, CancellationToken cancel)
    {
        using var workspace = WorkspaceOf(actor, new SilentProgress());
        await workspace.Ledger.AppendAsync(new LedgerFact(kind, RunId.New(home.Clock), null, null, actor, Redactor.Redact(body)), cancel);
    }
}

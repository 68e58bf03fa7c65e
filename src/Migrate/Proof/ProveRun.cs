using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Proof.Queries;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Proof;

/// <summary>How a proof was asked for.</summary>
/// <param name="HasTarget">Whether there is a target.</param>
/// <param name="Last">Without a target: how many of the last migrations are tried.</param>
internal sealed record ProveOptions(bool HasTarget, int Last)
{
    /// <summary>Without a target: the first of these and all after it are tried instead; null for none.</summary>
    public Func<Migration, bool>? IsNew { get; init; }

    /// <summary>Whether there is a file of new statements, which are asked about also when nothing is pending.</summary>
    public bool AsksQueries { get; init; }
}

/// <summary>Tries the migrations that a target lacks, or the last ones of a series, on a shadow database and reports what each statement does.</summary>
/// <param name="chosen">Where the files are prepared for: the target, or a shadow of nothing.</param>
/// <param name="series">The files.</param>
/// <param name="ground">Where they are tried.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="options">How it was asked for.</param>
internal sealed class ProveRun(ChosenTarget chosen, MigrationSeries series, IProofGround ground, Workspace workspace, ProveOptions options)
{
    private readonly DraftMaker drafts = new(chosen, workspace);
    private readonly List<Finding> findings = [];

    /// <summary>Runs it.</summary>
    /// <exception cref="LockkeeperException">There is no shadow, or the series cannot be read.</exception>
    public async Task<ReleaseProof> RunAsync(CancellationToken cancel)
    {
        chosen.Target.LeavesSyntaxToServer = true;
        var state = options.HasTarget ? await chosen.Target.ReadStateAsync(series.Name, cancel) : new TargetState("", false, null, false, [], null, [], null);
        var (before, pending) = Split(state);
        var tried = drafts.Prepare(series, state with { Adopted = null }, pending).ToList();
        if ((tried.Count > 0 || options.AsksQueries) && !(options.HasTarget && await ground.CopyTargetAsync(cancel)))
            await ReplayAsync(before, state, cancel);
        var proofs = tried.Count == 0 ? [] : await TryAsync(tried, cancel);
        TargetFacts? facts = null;
        if (options.HasTarget && proofs.Count > 0)
            (proofs, facts) = await ForecastAsync(proofs, cancel);
        var queries = await QueriesAsync(proofs, cancel);
        workspace.Progress.Now(null);
        return new ReleaseProof
        {
            Database = series.Name, Target = options.HasTarget ? chosen.Target.Name : null, Shadow = ground.Server, Artifact = series.Artifact,
            Migrations = proofs, NotChecked = [.. ground.NotChecked, .. facts?.NotChecked ?? [], .. queries?.NotChecked ?? []], Findings = findings, Traffic = facts?.Source, Queries = queries,
        };
    }

    /// <summary>What the shadow starts from, and what is tried on it.</summary>
    private (IReadOnlyList<Migration> Before, IReadOnlyList<Migration> Pending) Split(TargetState state)
    {
        var all = HistoryComparison.Of(series, [], OutOfOrderPolicy.Allow).Pending;
        if (!options.HasTarget)
        {
            var tried = options.IsNew is { } isNew ? all.SkipWhile(migration => !isNew(migration)).Count() : options.Last;
            return ([.. all.SkipLast(tried)], [.. all.TakeLast(tried)]);
        }

        var rows = Takeover.Of(series, state, drafts.Files(series)).Rows;
        var pending = HistoryComparison.Of(series, rows, OutOfOrderPolicy.Allow).Pending;
        return ([.. all.Where(migration => !pending.Contains(migration))], pending);
    }

    private Task ReplayAsync(IReadOnlyList<Migration> before, TargetState state, CancellationToken cancel) =>
        ShadowReplay.RunAsync(ground, series, [.. drafts.Prepare(series, state with { Adopted = null }, before)], workspace, cancel);

    private async Task<IReadOnlyList<MigrationProof>> TryAsync(IReadOnlyList<PreparedMigration> tried, CancellationToken cancel)
    {
        var proofs = new List<MigrationProof>();
        var withRows = true;
        var database = await ground.CreateAsync(withRows, cancel);
        try
        {
            for (var i = 0; i < tried.Count; i++)
            {
                workspace.Progress.Now($"trying {tried[i].Migration.Title} on the shadow", i, tried.Count);
                var before = tried[i].Down is null ? null : await ProofState.ReadAsync(database, cancel);
                var trace = await database.TraceAsync(tried[i], undo: false, null, cancel);
                if (trace.FailedOnData)
                {
                    findings.Add(new Finding("depends-on-rows", Severity.Warning, $"{trace.Error!.Message}, on rows that were made up", trace.Error.At, "Make sure that the target's rows allow it; what follows was tried on empty tables."));
                    withRows = false;
                    database = await AgainAsync(database, withRows, tried.Take(i), cancel);
                    before = await ProofState.ReadAsync(database, cancel);
                    trace = await database.TraceAsync(tried[i], undo: false, null, cancel);
                }

                if (trace.Error is { } error)
                {
                    proofs.Add(new MigrationProof(tried[i], trace, WayBack.Of(WayBackState.NotTried)));
                    findings.Add(new Finding("fails", Severity.Error, $"{tried[i].Migration.Title} fails: {error.Message}", error.At, error.Hint));
                    break;
                }

                var way = before is null ? WayBack.Of(WayBackState.None) : await new WayBackTrial(ground, [.. tried.Take(i)], withRows).RunAsync(tried[i], database, before, cancel);
                findings.AddRange(WayBackTrial.Findings(tried[i], way));
                proofs.Add(new MigrationProof(tried[i], trace, way));
                if (way.State == WayBackState.Broken && i + 1 < tried.Count)
                    database = await AgainAsync(database, withRows, tried.Take(i + 1), cancel);
            }
        }
        finally
        {
            await database.DisposeAsync();
        }

        return proofs;
    }

    /// <summary>Another database in the place of one, with migrations in it.</summary>
    private async Task<IProofDatabase> AgainAsync(IProofDatabase database, bool withRows, IEnumerable<PreparedMigration> migrations, CancellationToken cancel)
    {
        await database.DisposeAsync();
        return await new WayBackTrial(ground, [.. migrations], withRows).StandAsync(cancel);
    }

    /// <summary>What the migrations that ran do to the statements of applications.</summary>
    private async Task<QueriesProof?> QueriesAsync(IReadOnlyList<MigrationProof> proofs, CancellationToken cancel)
    {
        IReadOnlyList<PreparedMigration> ran = [.. proofs.Where(proof => proof.Trace.Error is null).Select(proof => proof.Migration)];
        if (!options.AsksQueries && (ran.Count == 0 || !options.HasTarget))
            return null;
        var queries = await ground.TryQueriesAsync(ran, cancel);
        findings.AddRange(QueryFindings.Of(queries));
        return queries;
    }

    /// <summary>Adds what is expected of the target.</summary>
    private async Task<(IReadOnlyList<MigrationProof> Proofs, TargetFacts Facts)> ForecastAsync(IReadOnlyList<MigrationProof> proofs, CancellationToken cancel)
    {
        workspace.Progress.Now("reading the target's sizes and traffic");
        var facts = await ground.ReadFactsAsync(cancel);
        var works = proofs.Any(proof => proof.Trace.Statements.Any(statement => statement.Scans.Count + statement.Rewrites.Count > 0));
        var forecaster = new Forecaster(facts, works ? await ground.MeasureAsync(cancel) : new WorkRates(1, 1), chosen.Database.LockTimeout);
        return ([.. proofs.Select(proof => proof with { Forecast = forecaster.Of(proof.Trace) })], facts);
    }
}

using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running;

/// <summary>What became of a backfill that ran outside of a series.</summary>
/// <param name="Run">The run's id; null for a dry run.</param>
/// <param name="Look">What it goes through.</param>
/// <param name="Step">Its step.</param>
internal sealed record BackfillRunResult(string? Run, BackfillLook Look, StepResult Step);

/// <summary>Runs one backfill outside of a series: a plan like any other, admitted, under the lease and recorded like any other, that leaves no row in the history.</summary>
/// <param name="chosen">The target.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="options">How it was asked for.</param>
/// <param name="script">The script, of one statement with the directive.</param>
internal sealed class BackfillRun(ChosenTarget chosen, Workspace workspace, RunOptions options, MigrationScript script)
{
    /// <summary>How the id of such a backfill begins.</summary>
    public const string Prefix = "backfill:";

    /// <summary>Runs it.</summary>
    /// <exception cref="LockkeeperException">It was refused before anything was changed.</exception>
    public async Task<BackfillRunResult> RunAsync(CancellationToken cancel)
    {
        var alone = Alone();
        var (draft, look) = await DraftAsync(alone, cancel);
        if (options.DryRun)
            return new BackfillRunResult(null, look, new StepResult(draft.Plan.Steps[0], StepState.Planned, default));
        var opening = new RunOpening(chosen, workspace, options, ignoreWindow: false);
        await opening.PrepareAsync(draft, cancel);
        await using var held = await opening.LeaseAsync("backfilling on", cancel);
        (draft, look) = await DraftAsync(alone, held.Token);
        var stamp = chosen.Stamp(await opening.AdmitAsync(draft, held), workspace.Actor, draft.Series.Artifact);
        var record = new RunRecord(workspace, stamp);
        await record.StartedAsync(draft.Plan, null, held.Token);
        var runner = new PlanRunner(new Steps(chosen.Target, alone, stamp, held.Lease, workspace.Progress), record.StepAsync, workspace.Clock);
        var result = await runner.RunAsync(draft.Plan, RunMode.Real, undoOnFailure: false, held.Token);
        workspace.Progress.Now(null);
        await record.NotesAsync(chosen.Target.Notes);
        var error = result.Error is { } failure ? LostLease.Explain(held.Lease, chosen.Target.Name, failure) : null;
        await record.FinishedAsync(error is null ? "done" : result.LeftTraces ? "partly_applied" : "failed", result.LeftTraces, null, []);
        return new BackfillRunResult(stamp.Run, look, result.Steps[0] with { Error = error });
    }

    /// <summary>The same statement has the same name, so that it goes on where it stopped.</summary>
    private PreparedMigration Alone()
    {
        var id = Prefix + TextHash.Of(script.Text.Trim())[..12];
        var prepared = chosen.Target.Prepare(script, ScriptText.Of(script, new Placeholders("none", chosen.Database.Placeholders)));
        if (prepared.StatementCount != 1)
            throw new LockkeeperException(MigrateErrors.NotInBatches, $"{script.File} has {prepared.StatementCount} statements, and one backfill is run at a time", "Give one UPDATE or DELETE, or make the file a migration.", script.At);
        return new PreparedMigration(new Migration(id, MigrationKind.Planned, null, "", script, null), prepared, null);
    }

    private async Task<(Draft Draft, BackfillLook Look)> DraftAsync(PreparedMigration alone, CancellationToken cancel)
    {
        var series = SeriesReader.Read(chosen.Database, workspace.ProjectFolder);
        var state = await chosen.Target.ReadStateAsync(series.Name, cancel);
        if (state.ReadOnlyReason is { } reason)
            throw new LockkeeperException(MigrateErrors.ReadOnlyTarget, $"{chosen.Target.Name} takes no changes: {reason}", "Point the target at the primary, or lift default_transaction_read_only.");
        var look = await chosen.Target.Backfills.LookAsync(alone.Up, cancel);
        var words = $"backfill {look.Table} by {look.Key}{(look.Rows is { } rows ? $", about {rows:N0} rows" : "")}";
        var plan = new Plan(words, chosen.Environment.Name, series.Name, [new Step(alone.Migration.Id, words, alone.Up.Text, Undo.None, alone.Up.Impact)]);
        return (new Draft(series, state, HistoryComparison.Of(series, state.Rows, chosen.Database.OutOfOrder), new Dictionary<string, PreparedMigration>(), null, [], plan), look);
    }

    private sealed class Steps(IMigrationTarget target, PreparedMigration alone, RunStamp stamp, ITargetLease lease, IProgressSink progress) : IStepExecutor
    {
        public Task DoAsync(Step step, CancellationToken cancel) => target.Backfills.RunAsync(alone, stamp, lease, progress, cancel);

        public Task UndoAsync(Step step, CancellationToken cancel) => throw new InvalidOperationException("a backfill has no way back");
    }
}

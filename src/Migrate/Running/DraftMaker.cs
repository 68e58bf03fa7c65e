using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Proof.Order;
using Lockkeeper.Migrate.Running.Contracts;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running;

/// <summary>Makes drafts: reads files, history and schema, prepares the scripts, and states the plan.</summary>
/// <param name="chosen">The target.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="holding">How contracts are looked at; null for a look that writes nothing.</param>
/// <param name="onlyBegun">Whether only what a run that died had begun is applied.</param>
internal sealed class DraftMaker(ChosenTarget chosen, Workspace workspace, HoldOptions? holding = null, bool onlyBegun = false)
{
    /// <summary>The id of the step that accepts a drifted schema.</summary>
    public const string AcceptDriftStep = "accept-drift";

    /// <summary>A run makes its draft twice, before and under the lease: the target may have changed in between, and the release is the one that was admitted.</summary>
    private MigrationSeries? read;

    /// <summary>Who is asked about a contract is asked once a run.</summary>
    private readonly ContractHolds holds = new(chosen, workspace, holding ?? HoldOptions.Show);

    /// <summary>Each script is parsed once.</summary>
    private readonly Dictionary<(MigrationScript Script, ScriptText Text), IPreparedScript> parsed = [];

    /// <summary>A draft of applying everything that is pending.</summary>
    /// <param name="acceptDrift">Make accepting a drift a step of the plan, so that an approval covers it.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="Kernel.Errors.LockkeeperException">Files or history do not fit.</exception>
    public async Task<Draft> ApplyAsync(bool acceptDrift, CancellationToken cancel)
    {
        var series = Read();
        var state = await chosen.Target.ReadStateAsync(series.Name, cancel);
        return await ApplyAsync(series, state, acceptDrift, lookForDrift: true, cancel);
    }

    /// <summary>A draft of applying everything that is pending to a target whose state is known, without a look at its schema.</summary>
    public Task<Draft> OutlineApplyAsync(TargetState state, CancellationToken cancel) => ApplyAsync(Read(), state, acceptDrift: false, lookForDrift: false, cancel);

    private MigrationSeries Read() => chosen.Release?.Series ?? (read ??= SeriesReader.Read(chosen.Database, workspace.ProjectFolder));

    private async Task<Draft> ApplyAsync(MigrationSeries series, TargetState state, bool acceptDrift, bool lookForDrift, CancellationToken cancel)
    {
        var takeover = Takeover.Of(series, state, Files(series));
        var comparison = await HoldAsync(series, await OrderRecord.CompareAsync(workspace, chosen.Database, series, takeover.Rows, cancel), state, cancel);
        if ((takeover.Refusal() ?? comparison.Refusal()) is { } refusal)
            throw refusal;
        if (onlyBegun)
            comparison = comparison.OnlyBegun(state.Interrupted);
        await new ProjectDependencies(chosen, workspace).RequireMetAsync(comparison.Pending, cancel);

        var prepared = Prepare(series, state, comparison.Pending).ToDictionary(migration => migration.Migration.Id);
        // What an adopted tool applied on its own changed the schema since it was recorded.
        var (schema, drift) = !lookForDrift ? (null, []) : await DriftAsync(takeover.IsNeeded ? state with { Recorded = null } : state, comparison.Pending.Count > 0, cancel);
        var steps = comparison.Pending.Select(migration => StepOf(prepared[migration.Id])).ToList();
        for (var i = 0; i < steps.Count && lookForDrift; i++)
        {
            if (await chosen.Target.Backfills.DescribeAsync(prepared[steps[i].Id].Up, cancel) is { Count: > 0 } backfills)
                steps[i] = steps[i] with { Words = $"{steps[i].Words} ({string.Join("; ", backfills)})" };
        }

        if (acceptDrift && drift.Count > 0)
            steps.Insert(0, new Step(AcceptDriftStep, $"accept that the schema drifted in {drift.Count} places", string.Join('\n', drift), Undo.None, Impact.None));
        var title = $"{(onlyBegun ? "finish" : "apply")} {Plural.Of(comparison.Pending.Count, "migration")} of {series.Name} to {chosen.Environment.Name}";
        return new Draft(series, state, comparison, prepared, schema, drift, new Plan(title, chosen.Environment.Name, series.Name, steps)) { Takeover = takeover };
    }

    /// <summary>A comparison without the migrations that wait for a gate.</summary>
    public Task<HistoryComparison> HoldAsync(MigrationSeries series, HistoryComparison comparison, TargetState state, CancellationToken cancel) =>
        holds.OfAsync(series, comparison, migration => Prepare(series, state, [migration]).Single().Up, cancel);

    /// <summary>A draft of undoing applied migrations, newest first.</summary>
    /// <param name="choose">Which rows of the history, given those in place in order of application.</param>
    /// <param name="cancel">Stops reading.</param>
    public async Task<Draft> RollbackAsync(Func<IReadOnlyList<HistoryRow>, IReadOnlyList<HistoryRow>> choose, CancellationToken cancel)
    {
        var series = Read();
        var state = await chosen.Target.ReadStateAsync(series.Name, cancel);
        return (await OutlineRollbackAsync(choose, state, cancel)) with { Schema = await chosen.Target.ReadSchemaAsync(cancel) };
    }

    /// <summary>A draft of undoing migrations on a target whose state is known, without a look at its schema.</summary>
    public async Task<Draft> OutlineRollbackAsync(Func<IReadOnlyList<HistoryRow>, IReadOnlyList<HistoryRow>> choose, TargetState state, CancellationToken cancel)
    {
        var series = Read();
        var takeover = Takeover.Of(series, state, Files(series));
        if (takeover.Refusal() is { } refusal)
            throw refusal;
        var comparison = await OrderRecord.CompareAsync(workspace, chosen.Database, series, takeover.Rows, cancel);
        var rows = choose([.. takeover.Rows.Where(row => row.InPlace)]);
        var migrations = rows.Reverse().Select(row => RollbackChoice.MigrationOf(series, row)).ToList();
        await new ProjectDependencies(chosen, workspace).RequireNotNeededAsync(series, migrations, cancel);
        var prepared = Prepare(series, state, migrations).ToDictionary(migration => migration.Migration.Id);
        var steps = migrations.Select(migration => UndoStepOf(prepared[migration.Id])).ToList();
        return new Draft(series, state, comparison, prepared, null, [], new Plan($"roll back {Plural.Of(steps.Count, "migration")} of {series.Name} on {chosen.Environment.Name}", chosen.Environment.Name, series.Name, steps)) { Takeover = takeover };
    }

    /// <summary>The files behind a series, with the target's placeholders.</summary>
    public SeriesFiles Files(MigrationSeries series) => new(chosen.Database, workspace.ProjectFolder, PlaceholdersOf(series));

    /// <summary>Prepares migrations of a series. While the table of an adopted tool is kept up to date, it hears of each.</summary>
    /// <param name="series">The series.</param>
    /// <param name="state">What the target knows.</param>
    /// <param name="migrations">Some of its migrations.</param>
    public IEnumerable<PreparedMigration> Prepare(MigrationSeries series, TargetState state, IReadOnlyList<Migration> migrations)
    {
        var placeholders = PlaceholdersOf(series);
        var adoption = state.Adopted?.Adoption;
        var entries = adoption is { IsKept: true } ? ForeignEntry.All(series, Files(series)) : null;
        return migrations.Select(migration => new PreparedMigration(migration, Script(migration.Up), migration.Down is null ? null : Script(migration.Down))
        {
            Verify = migration.Verify is { } verify && (chosen.Database.Verify ?? migration.VerifiesByItself) ? Script(verify) : null,
            Mirror = entries is null ? null : new ForeignMirror(adoption!, entries[migration.Key] with { Migration = migration }),
        });

        IPreparedScript Script(MigrationScript script)
        {
            var key = (script, ScriptText.Of(script, placeholders));
            if (chosen.Release is { } shared)
                return shared.Prepare(state.Server, script, key.Item2, chosen.Target);
            return parsed.TryGetValue(key, out var known) ? known : parsed[key] = chosen.Target.Prepare(script, key.Item2);
        }
    }

    private Placeholders PlaceholdersOf(MigrationSeries series)
    {
        var values = new Dictionary<string, string>(chosen.Database.Placeholders, StringComparer.Ordinal);
        if (series.Format == "flyway")
        {
            foreach (var (name, value) in chosen.Target.BuiltInPlaceholders)
                values.TryAdd(name, value);
        }

        return new Placeholders(series.Format, values);
    }

    /// <summary>The schema is read when there is something to compare it with, or when a rollback will have to be compared with it.</summary>
    private async Task<(SchemaState? Schema, IReadOnlyList<string> Drift)> DriftAsync(TargetState state, bool changes, CancellationToken cancel)
    {
        var recorded = state.Recorded is { IsCurrent: true } current ? current : null;
        if (recorded is null && !(changes && chosen.Environment.OnFailure == Kernel.Config.OnFailure.Rollback))
            return (null, []);
        var schema = await chosen.Target.ReadSchemaAsync(cancel);
        return recorded is null || recorded.Fingerprint == schema.Fingerprint ? (schema, []) : (schema, chosen.Target.Differences(recorded.Bytes, schema));
    }

    private static Step StepOf(PreparedMigration migration) => new(
        migration.Migration.Id, $"apply {migration.Migration.Title}", migration.Up.Text,
        migration.Down is null ? Undo.None : new Undo(UndoKind.Written, migration.Down.Text), migration.Up.Impact);

    private static Step UndoStepOf(PreparedMigration migration) => new(
        migration.Migration.Id, $"undo {migration.Migration.Title}", migration.Down!.Text, Undo.None, migration.Down.Impact);
}

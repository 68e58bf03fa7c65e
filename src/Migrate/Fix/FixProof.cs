using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Proof;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Fix;

/// <summary>What the server itself shows of migrations before and after their fix.</summary>
/// <param name="Shadow">What they ran on.</param>
/// <param name="Files">Each fixed file.</param>
/// <param name="Differences">How the schema after the fixed ones differs from that after the old ones; empty when it is the same.</param>
/// <param name="NotChecked">What was not checked, one sentence each.</param>
internal sealed record FixProofResult(string Shadow, IReadOnlyList<FixedFileProof> Files, IReadOnlyList<string> Differences, IReadOnlyList<string> NotChecked);

/// <summary>What is shown of one fixed file.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Before">The worst that the old file did to others.</param>
/// <param name="After">The worst that the fixed one does.</param>
/// <param name="Error">Why the fixed one did not reach its end; null when it did.</param>
internal sealed record FixedFileProof(Migration Migration, Verdict Before, Verdict After, Kernel.Errors.LockkeeperException? Error);

/// <summary>Runs the old and the fixed files on two shadow databases and compares what they did and what they made.</summary>
/// <param name="chosen">Where the files are prepared for: the target, or nowhere.</param>
/// <param name="series">The series as it is.</param>
/// <param name="ground">Where they are tried.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class FixProof(ChosenTarget chosen, MigrationSeries series, IProofGround ground, Workspace workspace)
{
    private readonly DraftMaker drafts = new(chosen, workspace);

    /// <summary>Tries the files.</summary>
    /// <param name="files">The fixed files.</param>
    /// <param name="pending">What the target lacks; null to start from the migrations before the first fixed one.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<FixProofResult> RunAsync(IReadOnlyList<FixedFile> files, IReadOnlyList<Migration>? pending, CancellationToken cancel)
    {
        chosen.Target.LeavesSyntaxToServer = true;
        var all = series.Migrations.Where(migration => !migration.Disabled && migration.Kind != MigrationKind.Baseline).ToList();
        var isFixed = files.ToDictionary(file => file.Fix.Migration.Id, StringComparer.Ordinal);
        var first = all.FindIndex(migration => isFixed.ContainsKey(migration.Id));
        var last = all.FindLastIndex(migration => isFixed.ContainsKey(migration.Id));
        var tried = pending is not null ? [.. all.Where(pending.Contains)] : all[first..(last + 1)];
        if (!(pending is not null && await ground.CopyTargetAsync(cancel)))
            await ShadowReplay.RunAsync(ground, series, Prepare([.. all.Where(migration => !tried.Contains(migration)).Take(pending is null ? first : all.Count)]), workspace, cancel);
        var (before, expected) = await TryAsync(tried, "as it is", cancel);
        var (after, actual) = await TryAsync([.. tried.Select(migration => isFixed.TryGetValue(migration.Id, out var file) ? file.Migration : migration)], "fixed", cancel);
        workspace.Progress.Now(null);
        var proofs = files.Select(file => new FixedFileProof(file.Fix.Migration, Worst(before, file), Worst(after, file), after.GetValueOrDefault(file.Fix.Migration.Id)?.Error)).ToList();
        var differences = expected is null || actual is null ? [] : chosen.Target.Differences(expected.Bytes, actual);
        var failed = before.Values.Select(trace => trace.Error).FirstOrDefault(error => error is not null);
        return new FixProofResult(ground.Server, proofs, differences, failed is null ? ground.NotChecked : [.. ground.NotChecked, $"whether the schema is the same: the files as they are fail on the shadow ({failed.Message})"]);
    }

    private async Task<(Dictionary<string, ScriptTrace> Traces, SchemaState? Schema)> TryAsync(IReadOnlyList<Migration> migrations, string which, CancellationToken cancel)
    {
        var traces = new Dictionary<string, ScriptTrace>(StringComparer.Ordinal);
        await using var database = await ground.CreateAsync(withRows: true, cancel);
        foreach (var migration in Prepare(migrations))
        {
            workspace.Progress.Now($"trying {migration.Migration.Title} {which} on the shadow");
            var trace = await database.TraceAsync(migration, undo: false, null, cancel);
            traces[migration.Migration.Id] = trace;
            if (trace.Error is not null)
                return (traces, null);
        }

        return (traces, await database.ReadSchemaAsync(cancel));
    }

    private List<PreparedMigration> Prepare(IReadOnlyList<Migration> migrations) =>
        [.. drafts.Prepare(series, new TargetState("", false, null, false, [], null, [], null), migrations)];

    private static Verdict Worst(Dictionary<string, ScriptTrace> traces, FixedFile file) =>
        traces.TryGetValue(file.Fix.Migration.Id, out var trace) ? Verdicts.Of(trace).DefaultIfEmpty(Verdict.Unnoticed).Max() : Verdict.Unnoticed;
}

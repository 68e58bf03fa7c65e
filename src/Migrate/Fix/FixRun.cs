using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.Proof;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Fix;

/// <summary>What came of fixing one database's migrations.</summary>
/// <param name="Database">The database's name.</param>
/// <param name="Files">Each migration with findings.</param>
/// <param name="Proof">What the server showed; null when it was not asked.</param>
/// <param name="NotChecked">What was not checked, one sentence each.</param>
internal sealed record FixResult(string Database, IReadOnlyList<FixedMigration> Files, FixProofResult? Proof, IReadOnlyList<string> NotChecked);

/// <summary>One migration's fix.</summary>
/// <param name="Fix">What becomes of its script.</param>
/// <param name="File">The new file; null when it stays as it is.</param>
/// <param name="Left">What cannot be made safe here, and why.</param>
/// <param name="Remaining">What lint finds in the new file.</param>
internal sealed record FixedMigration(ScriptFix Fix, FixedFile? File, IReadOnlyList<Finding> Left, IReadOnlyList<Finding> Remaining);

/// <summary>Fixes one database's migrations: rewrites, looks again, and asks the server.</summary>
/// <param name="workspace">The surroundings.</param>
/// <param name="targets">Finds targets.</param>
/// <param name="linter">Looks at the fixed files.</param>
/// <param name="fixer">Rewrites.</param>
/// <param name="policy">Which findings count.</param>
internal sealed class FixRun(Workspace workspace, TargetChoice targets, ILinter linter, IScriptFixer fixer, LintPolicy policy)
{
    /// <summary>Fixes.</summary>
    /// <param name="input">Which migrations, and what is known.</param>
    /// <param name="folder">The folder that files are shown from.</param>
    /// <param name="isProject">Whether there is a project: without one no environment and no shadow can be asked.</param>
    /// <param name="environment">The environment whose pending migrations are meant; null for none.</param>
    /// <param name="prove">Whether the server is asked.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<FixResult> RunAsync(LintInput input, string folder, bool isProject, string? environment, bool prove, CancellationToken cancel)
    {
        var notChecked = new List<string>(input.Target?.NotChecked ?? []);
        if (input.NotAsked is { } reason)
            notChecked.Add(reason);
        var applied = isProject ? await AppliedAnywhere.OfAsync(workspace, targets, input.Database, input.Series, cancel) : new AppliedAnywhere(new Dictionary<string, string>(), []);
        notChecked.AddRange(applied.NotAsked);
        var free = input with { IsChosen = migration => input.IsChosen(migration) && !applied.Where.ContainsKey(migration.Id) };
        var files = fixer.Fix(free, policy, cancel).Select(fix => Fixed(fix, folder, input.Series.Format)).ToList();
        var changed = files.Select(file => file.File).OfType<FixedFile>().ToList();
        files = [.. Again(free, files, changed, cancel)];
        var kept = input.Series.Migrations.Count(migration => input.IsChosen(migration) && applied.Where.ContainsKey(migration.Id));
        if (kept > 0)
            notChecked.Add($"{Kernel.Reports.Plural.Of(kept, "migration")} that an environment has applied: an applied file stays as it is, and what it left is put right by a new one");
        if (changed.Count == 0 || !prove || !isProject)
        {
            if (changed.Count > 0)
                notChecked.Add("what the server itself makes of the fixed files: it was not asked");
            return new FixResult(input.Database.Name, files, null, notChecked);
        }

        var (proof, why) = await ProveAsync(input, changed, environment, cancel);
        if (why is not null)
            notChecked.Add(why);
        return new FixResult(input.Database.Name, files, proof, [.. notChecked, .. proof?.NotChecked ?? []]);
    }

    private static FixedMigration Fixed(ScriptFix fix, string folder, string format)
    {
        var file = FixedFile.Of(fix, folder, format, out var reason);
        var left = reason is null ? fix.Left : [.. fix.Left, new Finding("not-fixed", Severity.Warning, $"{fix.Migration.Up.File} is not changed: {reason}", fix.Migration.Up.At)];
        return new FixedMigration(fix, file, left, []);
    }

    /// <summary>Lint looks at the fixed files, in a series that holds them.</summary>
    private IEnumerable<FixedMigration> Again(LintInput input, IReadOnlyList<FixedMigration> files, IReadOnlyList<FixedFile> changed, CancellationToken cancel)
    {
        var news = changed.ToDictionary(file => file.Fix.Migration.Id, file => file.Migration, StringComparer.Ordinal);
        var series = new MigrationSeries(input.Series.Name, input.Series.Format, input.Series.FormatReason, [.. input.Series.Migrations.Select(migration => news.GetValueOrDefault(migration.Id, migration))]);
        var found = linter.Lint(input with { Series = series, IsChosen = migration => news.ContainsKey(migration.Id) }, cancel)
            .ToDictionary(script => script.Migration.Id, script => (IReadOnlyList<Finding>)[.. policy.Apply(script).Findings.Where(finding => finding.Severity > Severity.Info)], StringComparer.Ordinal);
        return files.Select(file => file with { Remaining = file.File is not null && found.TryGetValue(file.Fix.Migration.Id, out var findings) ? findings : [] });
    }

    private async Task<(FixProofResult? Proof, string? NotProven)> ProveAsync(LintInput input, IReadOnlyList<FixedFile> changed, string? environment, CancellationToken cancel)
    {
        try
        {
            var where = environment is null || input.Target is null ? null : TargetChoice.Environment(workspace.Config, environment);
            var url = where is null ? null : await workspace.Secrets.ResolveAsync(where.Targets[input.Database.Name].Url!.Text, cancel);
            await using var chosen = where is null ? targets.Nowhere(workspace, input.Database) : await targets.OpenAsync(workspace, where, input.Database, cancel);
            await using var ground = await targets.OpenProofAsync(workspace, input.Database, new ProofOrigin(url, null, KeepsServer: true, Before: null), cancel);
            var pending = where is null ? null : input.Series.Migrations.Where(input.IsChosen).ToList();
            return (await new FixProof(chosen, input.Series, ground, workspace).RunAsync(changed, pending, cancel), null);
        }
        catch (LockkeeperException e) when (e.Code != KernelErrors.Cancelled)
        {
            return (null, $"what the server itself makes of the fixed files ({e.Code.Id}: {e.Message})");
        }
    }
}

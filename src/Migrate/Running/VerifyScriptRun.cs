using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running;

/// <summary>Runs the verify scripts of what is in place; each is taken back.</summary>
/// <param name="chosen">The target.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class VerifyScriptRun(ChosenTarget chosen, Workspace workspace)
{
    /// <summary>The scripts that fail. That of a change which was reworked since is passed over, as Sqitch does: it looks for what was replaced.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(MigrationSeries series, TargetState state, CancellationToken cancel)
    {
        var inPlace = state.Rows.Where(row => row.InPlace).Select(row => row.Key).ToHashSet();
        var placeholders = new Placeholders(series.Format, chosen.Database.Placeholders);
        var findings = new List<Finding>();
        foreach (var migration in series.Migrations.Where(migration => migration.Verify is not null && inPlace.Contains(migration.Key) && !IsReplaced(series, migration, inPlace)))
        {
            workspace.Progress.Now($"verifying {migration.Title}");
            var script = chosen.Target.Prepare(migration.Verify!, ScriptText.Of(migration.Verify!, placeholders));
            if (await chosen.Target.RunVerifyAsync(script, cancel) is { } error)
                findings.Add(new Finding("verify", Severity.Error, $"the verify script of {migration.Id} failed: {error.Message}", error.At, Hint(error)));
        }

        workspace.Progress.Now(null);
        return findings;
    }

    private static bool IsReplaced(MigrationSeries series, Migration migration, HashSet<MigrationKey> inPlace) =>
        migration.Sqitch is { ReworkTags.Count: > 0 } change
        && series.Migrations.SkipWhile(other => !ReferenceEquals(other, migration)).Skip(1).Any(other => other.Sqitch?.Name == change.Name && inPlace.Contains(other.Key));

    private static string Hint(LockkeeperException error) =>
        error.Facts.FirstOrDefault(fact => fact.Label == "STATEMENT") is { } statement ? $"It failed at: {statement.Text}" : "Look what it expects.";
}

using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running;

/// <summary>Whether a release may come to an environment: the one before must have applied it and passed its gates with it.</summary>
internal static class Promotion
{
    /// <summary>Asks the environment before.</summary>
    /// <exception cref="LockkeeperException">The release has not passed there.</exception>
    public static async Task RequirePassedAsync(TargetChoice targets, Workspace workspace, EnvironmentConfig before, EnvironmentConfig environment, DatabaseConfig database, CancellationToken cancel)
    {
        // A database that does not exist in the environment before has nothing to pass there.
        if (!before.Targets.ContainsKey(database.Name))
            return;
        var series = SeriesReader.Read(database, workspace.ProjectFolder);
        if (before.Targets[database.Name].HasTenants)
        {
            await RequireAllPassedAsync(targets, workspace, before, database, series, cancel);
            return;
        }

        await using var chosen = await targets.OpenAsync(workspace, before, database, cancel);
        var release = await chosen.Target.ReadReleaseAsync(series.Name, series.Artifact, cancel);
        var reason = release?.Outcome switch
        {
            ReleaseOutcome.Passed => null,
            ReleaseOutcome.Applied => $"is applied to {before.Name} and its gates have not passed there",
            ReleaseOutcome.Failed => $"failed on {before.Name} (run {release.Run})",
            ReleaseOutcome.RolledBack => $"was rolled back on {before.Name} (run {release.Run})",
            _ => $"was never applied to {before.Name}",
        };
        if (reason is null)
            return;
        throw Refusal(workspace, before, series, reason);
    }

    /// <summary>Every tenant of the environment before must have passed.</summary>
    private static async Task RequireAllPassedAsync(TargetChoice targets, Workspace workspace, EnvironmentConfig before, DatabaseConfig database, MigrationSeries series, CancellationToken cancel)
    {
        const int shown = 3;
        await using var set = await targets.OpenTenantsAsync(workspace, before, database, cancel);
        var behind = await set.WithoutPassedAsync(series, cancel);
        if (behind.Count == 0)
            return;
        var names = string.Join(", ", behind.Take(shown).Select(tenant => tenant.Name)) + (behind.Count > shown ? $" and {behind.Count - shown} more" : "");
        throw Refusal(workspace, before, series, $"has not passed in {behind.Count} of {set.Tenants.Count} tenants of {before.Name} ({names})");
    }

    private static LockkeeperException Refusal(Workspace workspace, EnvironmentConfig before, MigrationSeries series, string reason)
    {
        var first = TargetChoice.Before(workspace.Config, before) is null;
        return new LockkeeperException(
            MigrateErrors.NotPromotable, $"release {series.Artifact[..12]} of {series.Name} {reason}",
            $"Run 'lk migrate {(first ? "apply --env" : "promote --to")} {before.Name}' first. The release is the files as they are now: a file changed since makes it another one.");
    }
}

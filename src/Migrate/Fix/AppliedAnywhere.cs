using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Fix;

/// <summary>Which migrations of a series some environment has: their files must stay as they are.</summary>
/// <param name="Where">The environment that has a migration, by the migration's id.</param>
/// <param name="NotAsked">The environments that could not be asked, in words.</param>
internal sealed record AppliedAnywhere(IReadOnlyDictionary<string, string> Where, IReadOnlyList<string> NotAsked)
{
    /// <summary>Asks every environment that has a target for the database.</summary>
    public static async Task<AppliedAnywhere> OfAsync(Workspace workspace, TargetChoice targets, DatabaseConfig database, MigrationSeries series, CancellationToken cancel)
    {
        var (where, notAsked) = (new Dictionary<string, string>(StringComparer.Ordinal), new List<string>());
        foreach (var environment in workspace.Config.Environments.Where(environment => environment.Targets.ContainsKey(database.Name)))
        {
            try
            {
                await using var chosen = await targets.OpenAsync(workspace, environment, database, cancel);
                var state = await chosen.Target.ReadStateAsync(series.Name, cancel);
                var keys = Takeover.Of(series, state, new DraftMaker(chosen, workspace).Files(series)).Rows.Where(row => row.InPlace).Select(row => row.Key).ToHashSet();
                foreach (var migration in series.Migrations.Where(migration => keys.Contains(migration.Key)))
                    where.TryAdd(migration.Id, environment.Name);
            }
            catch (LockkeeperException e) when (e.Code != KernelErrors.Cancelled)
            {
                notAsked.Add($"whether {environment.Name} has applied any of these migrations ({e.Code.Id}: {e.Message}): a file that is applied must not be changed");
            }
        }

        return new AppliedAnywhere(where, notAsked);
    }
}

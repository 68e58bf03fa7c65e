using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>The restore points of a run over tenants: one for each cluster that holds some of them, before the first tenant is changed. One for each tenant would be no other place to go back to.</summary>
/// <param name="set">The tenants.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="isAsked">Whether the run has any: rolling back has none.</param>
internal sealed class TenantRestorePoints(TenantSet set, Workspace workspace, bool isAsked)
{
    /// <summary>What the backup policies ask for; changes nothing.</summary>
    /// <exception cref="LockkeeperException">A cluster is declared for the environment, and its server cannot be asked.</exception>
    public async Task<IReadOnlyList<PlannedRestorePoint>> PlanAsync(TenantPlan plan, CancellationToken cancel) =>
        isAsked && FirstDangerous(plan) is { Count: > 0 } steps
            ? await set.RestorePoints.PlanAsync(new DangerousRun(set.Environment.Name, set.Database.Name, steps), workspace, cancel)
            : [];

    /// <summary>Makes them, one after the other, and ends at the first that cannot be made.</summary>
    public async Task<(IReadOnlyList<PlannedRestorePoint> Made, LockkeeperException? Failure)> MakeAsync(IReadOnlyList<PlannedRestorePoint> points, string run, CancellationToken cancel)
    {
        var made = new List<PlannedRestorePoint>();
        try
        {
            foreach (var point in points)
            {
                workspace.Progress.Now($"making {point.Words}");
                await point.MakeAsync(run, cancel);
                made.Add(point);
            }

            return (made, null);
        }
        catch (LockkeeperException e)
        {
            return (made, e);
        }
        catch (OperationCanceledException)
        {
            return (made, new LockkeeperException(KernelErrors.Cancelled, "cancelled before the first tenant was changed", "Run the same command again."));
        }
        finally
        {
            workspace.Progress.Now(null);
        }
    }

    /// <summary>The first dangerous step of each database that is changed, in the order of the series; the tenants that are schemas of one database share it.</summary>
    public static IReadOnlyList<DangerousStep> FirstDangerous(TenantPlan plan) =>
    [
        .. plan.Groups.Where(group => !group.IsDone && group.Draft is not null)
            .Select(group => (Group: group, Step: RestorePointSteps.FirstDangerous(group.Draft!, group.Tenants[0].Url)))
            .Where(found => found.Step is not null)
            .OrderBy(found => found.Group.Draft!.Series.Migrations.ToList().FindIndex(migration => migration.Id == found.Step!.Step))
            .SelectMany(found => found.Group.Tenants.Select(tenant => tenant.Url).Distinct(StringComparer.Ordinal).Select(url => found.Step! with { Url = url })),
    ];
}

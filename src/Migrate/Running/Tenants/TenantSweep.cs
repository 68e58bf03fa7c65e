using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>What came of one tenant.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Result">The answer; null when there is none.</param>
/// <param name="Error">Why there is none.</param>
internal sealed record Swept<T>(Tenant Tenant, T? Result, LockkeeperException? Error) where T : class;

/// <summary>Asks or does the same in each tenant, several at a time; what goes wrong in one is its answer and not the end of the others.</summary>
/// <param name="set">The tenants.</param>
/// <param name="workspace">The surroundings.</param>
/// <param name="parallel">How many at a time.</param>
internal sealed class TenantSweep(TenantSet set, Workspace workspace, int parallel)
{
    private readonly ParsedRelease release = new(SeriesReader.Read(set.Database, workspace.ProjectFolder));
    private readonly Lock gate = new();
    private int next;
    private int done;

    /// <summary>The series, read once for all.</summary>
    public MigrationSeries Series => release.Series;

    /// <summary>Goes through all tenants; the answers are in the order of their list.</summary>
    /// <param name="environment">The environment as each tenant is to see it.</param>
    /// <param name="each">Works in one tenant.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<IReadOnlyList<Swept<T>>> RunAsync<T>(Kernel.Config.EnvironmentConfig environment, Func<ChosenTarget, Workspace, CancellationToken, Task<T>> each, CancellationToken cancel) where T : class
    {
        var missing = await MissingAsync(cancel);
        var answers = new Swept<T>[set.Tenants.Count];
        (next, done) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, Math.Min(parallel, set.Tenants.Count)).Select(_ => Task.Run(WorkAsync, CancellationToken.None)));
        workspace.Progress.Now(null);
        cancel.ThrowIfCancellationRequested();
        return answers;

        async Task WorkAsync()
        {
            await using var lane = set.OpenLane();
            while (Next(cancel) is { } index)
            {
                var tenant = set.Tenants[index];
                answers[index] = missing.TryGetValue(tenant, out var error) ? new Swept<T>(tenant, null, error) : await AskAsync(tenant, lane, environment, each, cancel);
                lock (gate)
                    workspace.Progress.Now("looking at tenants", ++done, set.Tenants.Count);
            }
        }
    }

    private int? Next(CancellationToken cancel)
    {
        lock (gate)
            return next < set.Tenants.Count && !cancel.IsCancellationRequested ? next++ : null;
    }

    private async Task<Swept<T>> AskAsync<T>(
        Tenant tenant, TenantSet.Lane lane, Kernel.Config.EnvironmentConfig environment, Func<ChosenTarget, Workspace, CancellationToken, Task<T>> each, CancellationToken cancel) where T : class
    {
        try
        {
            await using var chosen = new ChosenTarget(environment, set.Database, lane.Target(tenant)) { Tenant = tenant, Release = release };
            return new Swept<T>(tenant, await each(chosen, workspace.With(new TenantProgress(tenant.Name, workspace.Progress)), cancel), null);
        }
        catch (LockkeeperException e)
        {
            return new Swept<T>(tenant, null, e);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return new Swept<T>(tenant, null, null);
        }
    }

    /// <summary>A schema that is not there reads as an empty one, so it is asked first; a database says so itself.</summary>
    private async Task<IReadOnlyDictionary<Tenant, LockkeeperException>> MissingAsync(CancellationToken cancel) =>
        set.Schemas is null ? new Dictionary<Tenant, LockkeeperException>() : (await TenantSurvey.OfAsync(set, parallel, cancel)).Lost.ToDictionary(lost => lost.Tenant, lost => lost.Error);
}

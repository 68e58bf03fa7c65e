using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;

namespace Lockkeeper.Migrate.Running.Tenants;

/// <summary>The tenants of a database in one environment, ready to be talked to.</summary>
internal sealed class TenantSet : IAsyncDisposable
{
    private readonly ITargetFactory engine;
    private readonly Workspace workspace;

    private TenantSet(ITargetFactory engine, Workspace workspace, EnvironmentConfig environment, DatabaseConfig database, ITenantServer? schemas, IReadOnlyList<Tenant> tenants)
    {
        this.engine = engine;
        this.workspace = workspace;
        (Environment, Database, Schemas, Tenants) = (environment, database, schemas, tenants);
    }

    public EnvironmentConfig Environment { get; }

    /// <summary>Makes restore points before dangerous steps.</summary>
    public required IRestorePoints RestorePoints { get; init; }

    public DatabaseConfig Database { get; }

    /// <summary>What the configuration says of them.</summary>
    public TargetConfig Config => Environment.Targets[Database.Name];

    /// <summary>The database whose schemas the tenants are; null when each has a database.</summary>
    public ITenantServer? Schemas { get; }

    /// <summary>The tenants, in the order of their list.</summary>
    public IReadOnlyList<Tenant> Tenants { get; private init; }

    /// <summary>Finds out who the tenants are.</summary>
    /// <exception cref="LockkeeperException">That cannot be found out.</exception>
    public static async Task<TenantSet> OpenAsync(ITargetFactory engine, IRestorePoints restorePoints, Workspace workspace, EnvironmentConfig environment, DatabaseConfig database, CancellationToken cancel)
    {
        var (list, config) = (new TenantList(engine, workspace, environment, database), environment.Targets[database.Name]);
        var server = config.Url is { } url ? engine.OpenTenants(database, await list.UrlAsync(url, cancel), workspace.Redactor, workspace.Clock) : null;
        try
        {
            var tenants = await list.ReadAsync(server, cancel);
            var keeps = config.Schemas is not null;
            if (!keeps && server is not null)
                await server.DisposeAsync();
            return new TenantSet(engine, workspace, environment, database, keeps ? server : null, tenants) { RestorePoints = restorePoints };
        }
        catch
        {
            if (server is not null)
                await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The set with one tenant only, or all when none is named. The server stays shared with this one.</summary>
    /// <exception cref="LockkeeperException">There is no such tenant.</exception>
    public TenantSet Only(string? name) => name is null ? this : new TenantSet(engine, workspace, Environment, Database, Schemas, [Find(name)]) { RestorePoints = RestorePoints };

    /// <summary>A tenant by name.</summary>
    /// <exception cref="LockkeeperException">There is no such tenant.</exception>
    public Tenant Find(string name, SourcePosition? at = null) => Tenants.FirstOrDefault(tenant => tenant.Name == name) ?? throw new LockkeeperException(
        KernelErrors.UnknownName, $"{Database.Name} has no tenant '{name}' in {Environment.Name}",
        NearestName.Of(name, Tenants.Select(tenant => tenant.Name)) is { } near ? $"Did you mean '{near}'?" : $"It has {Tenants.Count}, the first of them is {Tenants[0].Name}.", at);

    /// <summary>The tenants in which a release has not passed.</summary>
    public async Task<IReadOnlyList<Tenant>> WithoutPassedAsync(Series.MigrationSeries series, CancellationToken cancel)
    {
        if (Schemas is not null)
        {
            var releases = await Schemas.ReadReleasesAsync(series.Name, series.Artifact, [.. Tenants.Select(tenant => tenant.Schema)], cancel);
            var passed = releases.Where(release => release.Outcome == ReleaseOutcome.Passed).Select(release => release.Schema).ToHashSet(StringComparer.Ordinal);
            return [.. Tenants.Where(tenant => !passed.Contains(tenant.Schema))];
        }

        var behind = new bool[Tenants.Count];
        await using var lane = OpenLane();
        await Parallel.ForAsync(0, Tenants.Count, new ParallelOptions { MaxDegreeOfParallelism = Config.Parallel, CancellationToken = cancel }, async (index, stop) =>
        {
            await using var target = lane.Target(Tenants[index]);
            behind[index] = await target.ReadReleaseAsync(series.Name, series.Artifact, stop) is not { Outcome: ReleaseOutcome.Passed };
        });
        return [.. Tenants.Where((_, index) => behind[index])];
    }

    /// <summary>A lane; with one tenant at a time it keeps its connections from one to the next where it can.</summary>
    public Lane OpenLane() => new(this, Schemas?.OpenLane());

    public ValueTask DisposeAsync() => Schemas?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Works for one tenant after the other.</summary>
    internal sealed class Lane(TenantSet set, ITenantLane? schemas) : IAsyncDisposable
    {
        public IMigrationTarget Target(Tenant tenant) => schemas?.Target(tenant.Schema) ?? set.engine.Create(set.Database, tenant.Url, set.workspace.Redactor, set.workspace.Clock);

        public ValueTask DisposeAsync() => schemas?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}

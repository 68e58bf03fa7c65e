using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Proof;
using Lockkeeper.Migrate.Running.Tenants;
using Lockkeeper.Migrate.Squash;

namespace Lockkeeper.Migrate.Running;

/// <summary>A database of the project in one environment, with the target to talk to.</summary>
/// <param name="Environment">The environment.</param>
/// <param name="Database">The database.</param>
/// <param name="Target">The target.</param>
internal sealed record ChosenTarget(EnvironmentConfig Environment, DatabaseConfig Database, IMigrationTarget Target) : IAsyncDisposable
{
    /// <summary>The connection URL, secrets resolved; null for a tenant and for a target that is nowhere.</summary>
    public string? Url { get; init; }

    /// <summary>The tenant; null when the database has no tenants here.</summary>
    public Tenant? Tenant { get; init; }

    /// <summary>The files, read and parsed for all tenants; null when the run reads them itself.</summary>
    public ParsedRelease? Release { get; init; }

    /// <summary>Makes restore points before dangerous steps.</summary>
    public IRestorePoints RestorePoints { get; init; } = new NoRestorePoints();

    /// <summary>Takes notice of what statements cost around a deploy.</summary>
    public IDeployWatch DeployWatch { get; init; } = new NoDeployWatch();

    /// <summary>What the rows of a run here carry.</summary>
    public RunStamp Stamp(string run, string actor, string artifact) =>
        new(run, actor, Database.Name, artifact, Environment.Name) { Tenant = Tenant?.Name, Scope = Tenant?.Schema ?? "" };

    public ValueTask DisposeAsync() => Target.DisposeAsync();
}

/// <summary>Finds environments, databases and targets by their names in the configuration.</summary>
/// <param name="engines">The engines.</param>
/// <param name="restorePoints">Makes restore points before dangerous steps.</param>
/// <param name="deployWatch">Takes notice of what statements cost around a deploy.</param>
internal sealed class TargetChoice(IReadOnlyList<ITargetFactory> engines, IRestorePoints restorePoints, IDeployWatch deployWatch)
{
    /// <summary>An environment by name.</summary>
    public static EnvironmentConfig Environment(ProjectConfig config, string name) => config.Environments.FirstOrDefault(environment => environment.Name == name)
        ?? throw new LockkeeperException(KernelErrors.UnknownName, $"there is no environment '{name}'", $"Environments: {string.Join(", ", config.Environments.Select(environment => environment.Name))}.");

    /// <summary>The environment that a release must have passed before it may come to this one; null for the first.</summary>
    public static EnvironmentConfig? Before(ProjectConfig config, EnvironmentConfig environment)
    {
        var index = config.Environments.ToList().IndexOf(environment);
        return index > 0 ? config.Environments[index - 1] : null;
    }

    /// <summary>Refuses the name of a database that the project does not have.</summary>
    /// <param name="config">The project.</param>
    /// <param name="name">The name; null for none in particular.</param>
    public static void RequireKnown(ProjectConfig config, string? name)
    {
        if (name is not null && config.Databases.All(database => database.Name != name))
            throw new LockkeeperException(KernelErrors.UnknownName, $"there is no database '{name}'", $"Databases: {string.Join(", ", config.Databases.Select(database => database.Name))}.");
    }

    /// <summary>The only database of a project, or the one that was asked for.</summary>
    /// <param name="config">The project.</param>
    /// <param name="name">The name; null for the only one.</param>
    public static DatabaseConfig Single(ProjectConfig config, string? name)
    {
        RequireKnown(config, name);
        if (name is null && config.Databases.Count > 1)
            throw new LockkeeperException(KernelErrors.WrongUse, "the project has several databases", $"Give --database: {string.Join(", ", config.Databases.Select(database => database.Name))}.");
        return config.Databases.First(database => name is null || database.Name == name);
    }

    /// <summary>The databases that an environment has a target for, or the one that was asked for.</summary>
    public static IReadOnlyList<DatabaseConfig> Databases(ProjectConfig config, EnvironmentConfig environment, string? name)
    {
        RequireKnown(config, name);
        var chosen = config.Databases.Where(database => environment.Targets.ContainsKey(database.Name) && (name is null || database.Name == name)).ToList();
        return chosen.Count > 0 ? chosen : throw new LockkeeperException(
            KernelErrors.UnknownName, $"environment {environment.Name} has no target for {name ?? "any database"}", "Add it under targets of the environment in lockkeeper.yaml.");
    }

    /// <summary>Starts a server of a database's engine for this command alone.</summary>
    public Task<IShadowServer> StartShadowAsync(Workspace workspace, DatabaseConfig database, int? major, CancellationToken cancel) =>
        Engine(database).StartShadowAsync(database, workspace, major, cancel);

    /// <summary>Starts the server that migrations are tried on.</summary>
    public Task<IProofGround> OpenProofAsync(Workspace workspace, DatabaseConfig database, ProofOrigin origin, CancellationToken cancel) =>
        Engine(database).OpenProofAsync(database, workspace, origin, cancel);

    /// <summary>A target that is nowhere: files are prepared for it.</summary>
    public ChosenTarget Nowhere(Workspace workspace, DatabaseConfig database) => new(
        new EnvironmentConfig { Name = "shadow", Targets = new Dictionary<string, TargetConfig>() }, database, Engine(database).Create(database, "postgres://localhost:1/shadow", workspace.Redactor, workspace.Clock));

    /// <summary>The target of a database in an environment; nothing is sent yet.</summary>
    /// <exception cref="LockkeeperException">It has tenants: <see cref="OpenTenantsAsync"/> opens them.</exception>
    public async Task<ChosenTarget> OpenAsync(Workspace workspace, EnvironmentConfig environment, DatabaseConfig database, CancellationToken cancel)
    {
        var (engine, target) = (Engine(database), environment.Targets[database.Name]);
        if (target.HasTenants)
            throw new LockkeeperException(MigrateErrors.TenantNeeded, $"{database.Name} has tenants in {environment.Name}, and this works on one database", "Tenants are for plan, apply, promote, rollback, status, verify, repair and baseline; this verb takes a target that is one URL, so declare an environment for one of them.", target.At);
        var url = await workspace.Secrets.ResolveAsync(target.Url!.Text, cancel);
        return new ChosenTarget(environment, database, engine.Create(database, url, workspace.Redactor, workspace.Clock)) { Url = url, RestorePoints = restorePoints, DeployWatch = deployWatch };
    }

    /// <summary>The tenants of a database in an environment that has some; a query or a file is read.</summary>
    public Task<TenantSet> OpenTenantsAsync(Workspace workspace, EnvironmentConfig environment, DatabaseConfig database, CancellationToken cancel) =>
        TenantSet.OpenAsync(Engine(database), restorePoints, workspace, environment, database, cancel);

    private ITargetFactory Engine(DatabaseConfig database) => engines.First(candidate => candidate.Engine == database.Engine);
}

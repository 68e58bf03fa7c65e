using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Running;

/// <summary>A database of the project in one environment, with the target to talk to.</summary>
/// <param name="Environment">The environment.</param>
/// <param name="Database">The database.</param>
/// <param name="Target">The target.</param>
internal sealed record ChosenTarget(EnvironmentConfig Environment, DatabaseConfig Database, IMigrationTarget Target) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Target.DisposeAsync();
}

/// <summary>Finds environments, databases and targets by their names in the configuration.</summary>
/// <param name="engines">The engines.</param>
internal sealed class TargetChoice(IReadOnlyList<ITargetFactory> engines)
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

    /// <summary>The databases that an environment has a target for, or the one that was asked for.</summary>
    public static IReadOnlyList<DatabaseConfig> Databases(ProjectConfig config, EnvironmentConfig environment, string? name)
    {
        if (name is not null && config.Databases.All(database => database.Name != name))
            throw new LockkeeperException(KernelErrors.UnknownName, $"there is no database '{name}'", $"Databases: {string.Join(", ", config.Databases.Select(database => database.Name))}.");
        var chosen = config.Databases.Where(database => environment.Targets.ContainsKey(database.Name) && (name is null || database.Name == name)).ToList();
        return chosen.Count > 0 ? chosen : throw new LockkeeperException(
            KernelErrors.UnknownName, $"environment {environment.Name} has no target for {name ?? "any database"}", "Add it under targets of the environment in lockkeeper.yaml.");
    }

    /// <summary>The target of a database in an environment; nothing is sent yet.</summary>
    public async Task<ChosenTarget> OpenAsync(Workspace workspace, EnvironmentConfig environment, DatabaseConfig database, CancellationToken cancel)
    {
        var engine = engines.First(candidate => candidate.Engine == database.Engine);
        var url = await workspace.Secrets.ResolveAsync(environment.Targets[database.Name], cancel);
        return new ChosenTarget(environment, database, engine.Create(database, url, workspace.Redactor, workspace.Clock));
    }
}

using Lockkeeper.Migrate.History;

namespace Lockkeeper.Migrate.Running;

/// <summary>What every row that a run writes carries.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Actor">Who runs it.</param>
/// <param name="Series">The database's name in the configuration.</param>
/// <param name="Artifact">The release's artifact hash.</param>
/// <param name="Environment">The environment.</param>
internal sealed record RunStamp(string Run, string Actor, string Series, string Artifact, string Environment)
{
    /// <summary>The tenant's name; null when the database has no tenants here.</summary>
    public string? Tenant { get; init; }

    /// <summary>The tenant's schema; empty when it is the whole database that is changed.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Whose history it is.</summary>
    public HistoryKey Key => new(Series, Scope);
}

namespace Lockkeeper.Migrate.Running;

/// <summary>What every row that a run writes carries.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Actor">Who runs it.</param>
/// <param name="Series">The database's name in the configuration.</param>
/// <param name="Artifact">The release's artifact hash.</param>
/// <param name="Environment">The environment.</param>
internal sealed record RunStamp(string Run, string Actor, string Series, string Artifact, string Environment);

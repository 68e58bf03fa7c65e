namespace Lockkeeper.Observe.Targets;

/// <summary>What other duties know of what can be observed.</summary>
/// <param name="Poolers">How the poolers of declared clusters are reached.</param>
/// <param name="Backups">How their backups stand.</param>
public sealed record TargetSources(IPoolerAccess Poolers, IBackupWatch Backups);

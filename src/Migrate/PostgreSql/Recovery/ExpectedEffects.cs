using Lockkeeper.Engines.PostgreSql.Sql;

namespace Lockkeeper.Migrate.PostgreSql.Recovery;

/// <summary>Finds the effect that a statement is to have.</summary>
internal static class ExpectedEffects
{
    /// <summary>The effect; null for a statement that the catalog knows nothing of, such as VACUUM, ALTER SYSTEM or a DO block that commits: it is run again.</summary>
    public static IExpectedEffect? Of(StatementFacts facts) => facts switch
    {
        { ConcurrentIndex: { Action: ConcurrentIndexAction.Create, Index: not null } index } => new IndexBuilt(index),
        { ConcurrentIndex: { Action: ConcurrentIndexAction.Create } index } => new UnnamedIndexBuilt(index),
        { ConcurrentIndex: { Action: ConcurrentIndexAction.Drop } index } => new IndexDropped(index),
        { ConcurrentIndex: { } index } => new IndexesRebuilt(index),
        { PartitionDetach: { } detach } => new PartitionDetached(detach),
        { SharedObject: { } shared } => new SharedObjectThere(shared),
        _ => null,
    };
}

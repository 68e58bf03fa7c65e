namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>A lock that a statement takes on a relation that others may be using.</summary>
/// <param name="Mode">PostgreSQL's name of the mode.</param>
/// <param name="Relation">The relation's full name.</param>
internal sealed record HeldLock(string Mode, string Relation)
{
    /// <summary>Whether writes, or reads too, wait for it.</summary>
    public bool IsStrong => Mode is "SHARE" or "SHARE ROW EXCLUSIVE" or "EXCLUSIVE" or "ACCESS EXCLUSIVE";
}

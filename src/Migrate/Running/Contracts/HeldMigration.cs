using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Running.Contracts;

/// <summary>A pending migration that waits.</summary>
/// <param name="Migration">It.</param>
/// <param name="Reasons">For what, a phrase each.</param>
internal sealed record HeldMigration(Migration Migration, IReadOnlyList<string> Reasons)
{
    /// <summary>In a line: <c>0004 contract … waits: flag orders-remark is false</c>.</summary>
    public string Words => $"{Migration.Title} is held: {string.Join("; ", Reasons)}";
}

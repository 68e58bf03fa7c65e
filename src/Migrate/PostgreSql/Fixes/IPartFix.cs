using Lockkeeper.Migrate.PostgreSql.Lint;

namespace Lockkeeper.Migrate.PostgreSql.Fixes;

/// <summary>Rewrites one part of an ALTER TABLE.</summary>
internal interface IPartFix
{
    /// <summary>The rules whose findings it takes care of.</summary>
    IReadOnlyList<string> Rules { get; }

    /// <summary>Rewrites a part.</summary>
    /// <param name="part">The part.</param>
    /// <param name="text">Its text.</param>
    /// <param name="offset">Where it stands in the statement, in UTF-16 units.</param>
    /// <param name="table">The table.</param>
    /// <returns>The safe sequence, without statements when the part has to stay; null when this fix has nothing to say about it.</returns>
    FixedStatement? Fix(AlterTablePart part, string text, int offset, AlteredTable table);
}

using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>One change of a changeset.</summary>
/// <param name="Name">The change type, for example <c>createTable</c>.</param>
/// <param name="At">Where it stands.</param>
/// <param name="Up">What applies it.</param>
/// <param name="Down">What Liquibase would do by itself to undo it; null when it has nothing.</param>
/// <param name="Content">Everything about it that makes it an edit when it changes, without white space that does not count.</param>
internal sealed record Change(string Name, SourcePosition At, IReadOnlyList<ScriptPart> Up, IReadOnlyList<ScriptPart>? Down, string Content)
{
    /// <summary>Liquibase's own checksum of it, <c>9:md5</c>; null where only Liquibase can tell.</summary>
    public string? Checksum { get; init; }

    /// <summary>The tag that it sets, or null.</summary>
    public string? Tag { get; init; }

    /// <summary>What Liquibase writes into DESCRIPTION of its table, for example <c>createTable tableName=person</c>.</summary>
    public string Description { get; init; } = Name;
}

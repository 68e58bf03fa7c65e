namespace Lockkeeper.Migrate.Series;

/// <summary>What makes a migration of a folder and a row of a history the same: the version's numbers (007 is 7), or the id where there is no version.</summary>
internal sealed record MigrationKey(MigrationKind Kind, MigrationVersion? Version, string Id)
{
    /// <summary>The key. A planned migration that becomes a repeatable one (runOnChange) keeps its id and stays the same.</summary>
    public static MigrationKey Of(MigrationKind kind, MigrationVersion? version, string id) => version is null ? new(MigrationKind.Planned, null, id) : new(kind, version, "");
}

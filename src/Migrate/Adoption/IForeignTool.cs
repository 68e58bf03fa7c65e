using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>What is known of another migration tool without its database: its name, its folders, its checksums.</summary>
internal interface IForeignTool
{
    /// <summary>The tool's name in lower case, as <c>--from</c> takes it and the record of the adoption keeps it: never rename one.</summary>
    string Name { get; }

    /// <summary>The names of the formats whose folders the tool reads (<see cref="Formats.IMigrationFormat.Name"/>); a folder in another one is refused.</summary>
    IReadOnlyList<string> Formats { get; }

    /// <summary>Holds a row's recorded checksum against the file as it is now.</summary>
    /// <param name="row">The row.</param>
    /// <param name="migration">The migration that it belongs to.</param>
    /// <param name="files">Raw bytes, paths, replaced text.</param>
    ChecksumAnswer Check(ForeignRow row, Migration migration, SeriesFiles files);
}

using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Squash;

/// <summary>How a format names its baseline files.</summary>
/// <param name="Path">The file, as a user would type it, beside the last migration that it stands for.</param>
internal sealed record BaselineFile(string Path)
{
    /// <summary>The file for a version.</summary>
    /// <exception cref="LockkeeperException">The format has none.</exception>
    public static BaselineFile Of(MigrationSeries series, Migration last)
    {
        var folder = last.Up.File.LastIndexOf('/') is var slash and >= 0 ? last.Up.File[..(slash + 1)] : "";
        return series.Format switch
        {
            "lockkeeper" => new($"{folder}{last.Version!.Text}_squashed.baseline.sql"),
            "flyway" => new($"{folder}B{last.Version!.Text.Replace('.', '_')}__squashed.sql"),
            _ => throw new LockkeeperException(
                MigrateErrors.NotSupported, $"the format {series.Format} has no baseline files, so {series.Name} cannot be squashed",
                "Formats with baseline files: lockkeeper, flyway."),
        };
    }

    /// <summary>The files that it stands for: those of the migrations up to its version, with their ways back and settings.</summary>
    public static IReadOnlyList<string> Replaced(MigrationSeries series, MigrationVersion version, string projectFolder) =>
    [
        .. series.Migrations.Where(migration => migration.Version is { } other && other.CompareTo(version) <= 0)
            .SelectMany(migration => new[] { migration.Up.File, migration.Down?.File }).OfType<string>()
            .SelectMany(file => new[] { file, file + ".conf" }).Where(file => File.Exists(System.IO.Path.Combine(projectFolder, file))).Distinct(),
    ];
}

using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Formats;

namespace Lockkeeper.Migrate.Series;

/// <summary>Reads a database's migrations from its folder, in the format that it is written in.</summary>
internal static class SeriesReader
{
    /// <summary>Reads the series.</summary>
    /// <param name="database">The database.</param>
    /// <param name="projectFolder">The folder of lockkeeper.yaml.</param>
    /// <exception cref="LockkeeperException">The folder, a name or a file is not as it should be.</exception>
    public static MigrationSeries Read(DatabaseConfig database, string projectFolder)
    {
        var folder = SeriesFolder.Open(database, projectFolder);
        var (format, reason) = FormatChoice.Choose(database, folder);
        var migrations = format.Read(folder);
        RefuseDuplicates(migrations);
        return new MigrationSeries(database.Name, format.Name, reason, format.KeepsOrder ? migrations : Ordered(migrations));
    }

    private static void RefuseDuplicates(IReadOnlyList<Migration> migrations)
    {
        var seen = new Dictionary<MigrationKey, Migration>(migrations.Count);
        foreach (var second in migrations)
        {
            if (seen.TryAdd(second.Key, second))
                continue;
            var first = seen[second.Key];
            var what = first.Version is { } version ? $"version {version}" : first.Kind == MigrationKind.Planned ? $"the id {first.Id}" : $"the repeatable migration {first.Name}";
            throw new LockkeeperException(
                MigrateErrors.DuplicateVersion, $"{what} stands twice: {first.Up.File} and {second.Up.File}",
                "Give the one that is not applied anywhere a new one.", second.Up.At);
        }
    }

    private static List<Migration> Ordered(IReadOnlyList<Migration> migrations) =>
    [
        .. migrations.Where(migration => migration.Version is not null).OrderBy(migration => migration.Version).ThenBy(migration => (int)migration.Kind),
        .. migrations.Where(migration => migration.Version is null).OrderBy(migration => migration.Id, StringComparer.Ordinal),
    ];
}

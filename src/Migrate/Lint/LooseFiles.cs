using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Lint;

/// <summary>SQL files that belong to no project: a series in a format that can be told, or one file after the other.</summary>
internal static class LooseFiles
{
    /// <summary>Whether a path is the folder of a database's migrations, or in it.</summary>
    public static bool IsIn(DatabaseConfig database, string projectFolder, string path)
    {
        var folder = System.IO.Path.GetFullPath(System.IO.Path.Combine(projectFolder, database.Migrations));
        return path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
    }

    /// <summary>Reads a file or a folder.</summary>
    /// <param name="database">Stands for the database that they are for.</param>
    /// <param name="path">The file or folder.</param>
    /// <param name="shownFrom">The folder that paths are shown from.</param>
    public static MigrationSeries Read(DatabaseConfig database, string path, string shownFrom)
    {
        if (Directory.Exists(path))
        {
            try
            {
                return SeriesReader.Read(database, shownFrom);
            }
            catch (LockkeeperException e) when (e.Code == MigrateErrors.UnknownFormat || e.Code == MigrateErrors.BadFileName)
            {
                // Files in no format that is known are read by their names, as a shell would list them.
            }
        }

        IEnumerable<string> files = File.Exists(path) ? [path] : Directory.EnumerateFiles(path, "*.sql", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        var migrations = files.Select(file =>
        {
            var shown = System.IO.Path.GetRelativePath(shownFrom, file).Replace('\\', '/');
            return new Migration(shown, MigrationKind.Planned, null, System.IO.Path.GetFileNameWithoutExtension(file), MigrationScript.Read(file, shown), null);
        });
        return new MigrationSeries(database.Name, "plain", "files without an order of their own", [.. migrations]);
    }
}

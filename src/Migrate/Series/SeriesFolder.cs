using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Series;

/// <summary>The files of a migrations folder.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Shown">The folder as a user would type it.</param>
/// <param name="Files">The SQL files' paths below it with '/' between the parts, in ordinal order.</param>
internal sealed record SeriesFolder(string Path, string Shown, IReadOnlyList<string> Files)
{
    /// <summary>A file that ends in .SQL is found and refused by its format: skipping it without a word would skip a migration.</summary>
    private static readonly EnumerationOptions AnyCase = new() { MatchCasing = MatchCasing.CaseInsensitive, RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    public static SeriesFolder Open(DatabaseConfig database, string projectFolder)
    {
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(projectFolder, database.Migrations));
        if (!Directory.Exists(path))
        {
            throw new LockkeeperException(
                MigrateErrors.FolderMissing, $"the migrations folder {database.Migrations} of database {database.Name} does not exist",
                $"Create it, or correct databases.{database.Name}.migrations in lockkeeper.yaml.");
        }

        var files = Directory.EnumerateFiles(path, "*.sql", AnyCase)
            .Select(file => System.IO.Path.GetRelativePath(path, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith('.'))
            .Order(StringComparer.Ordinal)
            .ToList();
        return new SeriesFolder(path, database.Migrations.TrimEnd('/'), files);
    }

    /// <summary>The files directly in the folder.</summary>
    public IEnumerable<string> TopFiles => Files.Where(file => !file.Contains('/', StringComparison.Ordinal));

    /// <summary>Reads one of the files.</summary>
    public MigrationScript Read(string file) => MigrationScript.Read(FullPath(file), Show(file));

    /// <summary>Where a file is.</summary>
    public string FullPath(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>A file's path as a user would type it.</summary>
    public string Show(string file) => $"{Shown}/{file}";
}

using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Adoption;

/// <summary>The files behind a series as other tools look at them: raw bytes, paths below the folder, text with placeholders replaced.</summary>
/// <param name="database">The database.</param>
/// <param name="projectFolder">The folder of lockkeeper.yaml.</param>
/// <param name="placeholders">Replaces placeholders as the format does.</param>
internal sealed class SeriesFiles(DatabaseConfig database, string projectFolder, Placeholders placeholders)
{
    /// <summary>The bytes of the file that a script stands in, line ends and byte order mark as they are.</summary>
    public byte[] Bytes(MigrationScript script)
    {
        try
        {
            return File.ReadAllBytes(FullPath(script));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LockkeeperException(MigrateErrors.FileUnreadable, $"{script.File} cannot be read: {e.Message}", "Check that the file exists and that this user may read it.", inner: e);
        }
    }

    /// <summary>The text of a file beside the one that a script stands in, with LF line ends; null when it is not there.</summary>
    public string? Beside(MigrationScript script, string name) =>
        Path.Combine(Path.GetDirectoryName(FullPath(script))!, name) is var path && File.Exists(path) ? MigrationScript.ReadText(path, name) : null;

    /// <summary>A script's text with LF line ends, without byte order mark, placeholders replaced.</summary>
    public string Replaced(MigrationScript script) => placeholders.Replace(script);

    /// <summary>The file's path below the migrations folder, with '/' between the parts.</summary>
    public string PathInFolder(MigrationScript script)
    {
        var migrations = Path.GetFullPath(Path.Combine(projectFolder, database.Migrations));
        // The configuration may name a plan or changelog in the folder.
        var folder = File.Exists(migrations) ? Path.GetDirectoryName(migrations)! : migrations;
        return Path.GetRelativePath(folder, FullPath(script)).Replace('\\', '/');
    }

    private string FullPath(MigrationScript script) => Path.GetFullPath(Path.Combine(projectFolder, script.File));
}

using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.PostgreSql.Dumps;

/// <summary>What is dumped, and how.</summary>
/// <param name="Databases">The databases; empty for all.</param>
/// <param name="Tables">Patterns of tables; empty for all.</param>
/// <param name="Jobs">How many tables are read at the same time.</param>
/// <param name="Compression">How files are compressed: <c>gzip</c>, <c>zstd</c> or <c>none</c>.</param>
internal sealed record DumpOptions(IReadOnlyList<string> Databases, IReadOnlyList<string> Tables, int Jobs, string Compression);

/// <summary>What a dump has written.</summary>
/// <param name="Folder">Where.</param>
/// <param name="Databases">The databases, with their bytes.</param>
internal sealed record DumpResult(string Folder, IReadOnlyList<(string Name, long Bytes)> Databases);

/// <summary>Writes databases with pg_dump into folders, several tables at once, and the roles and settings beside them. The folder gets its name when all is in it: a dump that was cut off is not taken for one.</summary>
internal static class DumpRun
{
    /// <summary>The file of roles, memberships and settings, without passwords: those are the declaration's.</summary>
    public const string Globals = "globals.sql";

    /// <summary>The end of a database's folder.</summary>
    public const string End = ".dump";

    public static async Task<DumpResult> RunAsync(Workspace workspace, Func<string?, PostgreSqlServer> database, string folder, DumpOptions options, CancellationToken cancel)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new LockkeeperException(BackupErrors.FolderNotEmpty, $"the folder {folder} is not empty", "Name another one with --to.");
        var part = folder.TrimEnd('/') + ".part";
        if (Directory.Exists(part))
            Directory.Delete(part, recursive: true);
        // Windows has no such modes.
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(part);
        else
            Directory.CreateDirectory(part, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            var names = options.Databases.Count > 0 ? options.Databases : await DatabasesAsync(database(null), cancel);
            workspace.Progress.Now("writing roles and settings");
            await ClientProgram.RunAsync(workspace, database(null), "pg_dumpall", ["--globals-only", "--no-role-passwords", "-f", Path.Combine(part, Globals)], cancel);
            var done = new List<(string, long)>();
            foreach (var name in names)
            {
                workspace.Progress.Now($"dumping {name}", done.Count, names.Count);
                var into = Path.Combine(part, name.Replace('/', '_') + End);
                await ClientProgram.RunAsync(workspace, database(name), "pg_dump", ["-Fd", "-j", options.Jobs.ToString(CultureInfo.InvariantCulture), "-f", into, "-Z", options.Compression switch { "gzip" => "6", "none" => "0", var other => other }, .. options.Tables.Select(table => $"--table={table}")], cancel);
                done.Add((name, Directory.EnumerateFiles(into).Sum(file => new FileInfo(file).Length)));
            }

            if (Directory.Exists(folder))
                Directory.Delete(folder);
            Directory.Move(part, folder);
            return new DumpResult(folder, done);
        }
        catch
        {
            Directory.Delete(part, recursive: true);
            throw;
        }
        finally
        {
            workspace.Progress.Now(null);
        }
    }

    private static async Task<IReadOnlyList<string>> DatabasesAsync(PostgreSqlServer server, CancellationToken cancel)
    {
        try
        {
            await using var connection = await server.OpenAsync(cancel);
            return await Rows.ReadAsync(connection, "/* lk:backup.databases */ SELECT datname::text FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname", row => row.GetString(0), cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, server.Name);
        }
    }
}

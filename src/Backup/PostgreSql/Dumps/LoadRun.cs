using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Backup.PostgreSql.Dumps;

/// <summary>Loads a database of a dump into one that is made for it. When that fails it is dropped again: a half database is not taken for a whole one.</summary>
internal static class LoadRun
{
    public static async Task RunAsync(Workspace workspace, Func<string?, PostgreSqlServer> database, string folder, string name, string into, int jobs, CancellationToken cancel)
    {
        var dump = Path.Combine(folder, name.Replace('/', '_') + DumpRun.End);
        if (!File.Exists(Path.Combine(dump, "toc.dat")))
            throw new LockkeeperException(BackupErrors.DumpFailed, $"there is no dump of the database '{name}' in {folder}", Directory.Exists(folder) ? $"There are: {string.Join(", ", Directory.EnumerateDirectories(folder, "*" + DumpRun.End).Select(one => Path.GetFileNameWithoutExtension(one)).Order(StringComparer.Ordinal))}." : "Name the folder of a dump with --from.");
        try
        {
            await using var connection = await database(null).OpenAsync(cancel);
            await ExecuteAsync(connection, $"/* lk:backup.load */ CREATE DATABASE {SqlText.Identifier(into)} TEMPLATE template0", cancel);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DuplicateDatabase)
        {
            throw new LockkeeperException(BackupErrors.DumpFailed, $"the database '{into}' is there already", "Name another one with --into: nothing that is there is written over.", inner: e);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, database(null).Name);
        }

        try
        {
            workspace.Progress.Now($"loading {name} into {into}");
            await ClientProgram.RunAsync(workspace, database(into), "pg_restore", ["-Fd", "-j", jobs.ToString(CultureInfo.InvariantCulture), "--exit-on-error", "-d", into, dump], cancel);
        }
        catch
        {
            await using var connection = await database(null).OpenAsync(CancellationToken.None);
            await ExecuteAsync(connection, $"/* lk:backup.load_undo */ DROP DATABASE IF EXISTS {SqlText.Identifier(into)} WITH (FORCE)", CancellationToken.None);
            throw;
        }
        finally
        {
            workspace.Progress.Now(null);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}

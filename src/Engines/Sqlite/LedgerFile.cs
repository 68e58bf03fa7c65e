using Lockkeeper.Kernel.Errors;
using Microsoft.Data.Sqlite;

namespace Lockkeeper.Engines.Sqlite;

/// <summary>Opens the ledger file: makes it when asked to, and refuses what is not a ledger.</summary>
internal static class LedgerFile
{
    /// <summary>How long SQLite itself waits for another process before the caller may look at its cancellation token.</summary>
    private const int BusyMilliseconds = 250;

    /// <summary>Opens a ledger for reading; null when there is no file.</summary>
    public static SqliteConnection? OpenExisting(string path)
    {
        if (!File.Exists(path))
            return null;
        var connection = Connect(path);
        try
        {
            // A file without tables is one whose maker was killed before it had written them: an empty ledger.
            if (Recognise(connection, path))
                return connection;
            connection.Dispose();
            return null;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a ledger for writing, and makes folder, file and tables when they are missing.</summary>
    public static SqliteConnection OpenOrCreate(string path)
    {
        PrivateFile.Make(path);
        var connection = Connect(path);
        try
        {
            // Write-ahead log: readers never wait for a writer.
            connection.Run("PRAGMA journal_mode = WAL;");
            if (!Recognise(connection, path))
                CreateTables(connection, path);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 1,
        }.ToString());
        connection.Open();
        connection.Run($"PRAGMA busy_timeout = {BusyMilliseconds};");
        return connection;
    }

    /// <summary>Whether the file has the ledger's tables; false for an empty database.</summary>
    private static bool Recognise(SqliteConnection connection, string path)
    {
        var (application, version, tables) = Marks(connection);
        if (application == LedgerSchema.ApplicationId && version == LedgerSchema.Version)
            return true;
        if (application == LedgerSchema.ApplicationId && version > LedgerSchema.Version)
        {
            throw new LockkeeperException(
                KernelErrors.LedgerUnusable, $"the ledger {path} was written by a newer Lockkeeper (tables of version {version}, known is {LedgerSchema.Version})",
                "Use the newer version of Lockkeeper.");
        }

        if (application == 0 && version == 0 && tables == 0)
            return false;
        throw new LockkeeperException(
            KernelErrors.LedgerUnusable, $"{path} is a SQLite database of another program, not a ledger", "Name another file under 'state' in lockkeeper.yaml.");
    }

    private static void CreateTables(SqliteConnection connection, string path)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        // Another process may have made them while this one waited for the lock.
        if (!Recognise(connection, path))
            connection.Run(LedgerSchema.Create);
        transaction.Commit();
    }

    /// <summary>In one statement, which sees one state of the file: between two of them another process may make the tables.</summary>
    private static (long Application, long Version, long Tables) Marks(SqliteConnection connection)
    {
        using var command = connection.Command("/* lk:ledger.marks */ SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)");
        using var reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }
}

using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.State;
using Microsoft.Data.Sqlite;

namespace Lockkeeper.Engines.Sqlite;

/// <summary>Documents in a SQLite file of their own, beside the ledger.</summary>
public sealed class DocumentFile : IDocumentStore
{
    /// <summary>"LKdc".</summary>
    private const int ApplicationId = 0x4c4b6463;

    private const int Version = 1;

    private readonly SqliteConnection connection;
    private readonly Lock gate = new();

    private DocumentFile(SqliteConnection connection) => this.connection = connection;

    /// <inheritdoc/>
    public bool IsShared => false;

    /// <summary>Opens a file, and makes it and its folder when they are missing; only its owner may read it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="LockkeeperException">It cannot be used (LK1403).</exception>
    public static DocumentFile Open(string path)
    {
        try
        {
            PrivateFile.Make(path);
            var opened = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 10 }.ToString());
            var file = new DocumentFile(opened);
            try
            {
                opened.Open();
                file.Prepare(path);
                return file;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new LockkeeperException(KernelErrors.StateUnusable, $"the file {path} cannot be used: {e.Message}", "Give this user the right to write it, and make room on its disk; the server keeps people, tokens and jobs in it.", inner: e);
        }
    }

    /// <inheritdoc/>
    public string? Get(string kind, string key)
    {
        lock (gate)
        {
            using var command = connection.Command("/* lk:server.document */ SELECT content FROM document WHERE kind = $1 AND key = $2", kind, key);
            return command.ExecuteScalar() as string;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, string>> All(string kind, int? last = null)
    {
        lock (gate)
        {
            using var command = connection.Command("/* lk:server.documents */ SELECT key, content FROM document WHERE kind = $1 ORDER BY key DESC LIMIT $2", kind, last ?? -1);
            using var reader = command.ExecuteReader();
            var documents = new List<KeyValuePair<string, string>>();
            while (reader.Read())
                documents.Add(new(reader.GetString(0), reader.GetString(1)));
            documents.Reverse();
            return documents;
        }
    }

    /// <inheritdoc/>
    public void Put(string kind, string key, string? content)
    {
        lock (gate)
        {
            using var command = content is null
                ? connection.Command("/* lk:server.remove */ DELETE FROM document WHERE kind = $1 AND key = $2", kind, key)
                : connection.Command("/* lk:server.put */ INSERT OR REPLACE INTO document (kind, key, content) VALUES ($1, $2, $3)", kind, key, content);
            command.ExecuteNonQuery();
        }
    }

    /// <inheritdoc/>
    public bool Swap(string kind, string key, string? expected, string? content)
    {
        lock (gate)
        {
            using var command = (expected, content) switch
            {
                (null, null) => connection.Command("/* lk:server.absent */ UPDATE document SET content = content WHERE kind = $1 AND key = $2", kind, key),
                (null, _) => connection.Command("/* lk:server.add */ INSERT INTO document (kind, key, content) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", kind, key, content),
                (_, null) => connection.Command("/* lk:server.take */ DELETE FROM document WHERE kind = $1 AND key = $2 AND content = $3", kind, key, expected),
                _ => connection.Command("/* lk:server.swap */ UPDATE document SET content = $4 WHERE kind = $1 AND key = $2 AND content = $3", kind, key, expected, content),
            };
            var rows = command.ExecuteNonQuery();
            return expected is null && content is null ? rows == 0 : rows == 1;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
            connection.Dispose();
    }

    private void Prepare(string path)
    {
        connection.Run("PRAGMA journal_mode = WAL;");
        // A person who was shut out must stay out after a power cut.
        connection.Run("PRAGMA synchronous = FULL;");
        using var transaction = connection.BeginTransaction(deferred: false);
        if (connection.Number("PRAGMA application_id;") is var application and not 0)
        {
            if (application != ApplicationId || connection.Number("PRAGMA user_version;") != Version)
                throw new SqliteException($"{path} is a SQLite database of another program or of a newer version", 26);
        }
        else
        {
            connection.Run("CREATE TABLE document (kind TEXT NOT NULL, key TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;");
            connection.Run($"PRAGMA application_id = {ApplicationId};");
            connection.Run($"PRAGMA user_version = {Version};");
        }

        transaction.Commit();
    }
}

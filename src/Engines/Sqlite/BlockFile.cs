using Microsoft.Data.Sqlite;

namespace Lockkeeper.Engines.Sqlite;

/// <summary>A block of observations as it stands in the file.</summary>
/// <param name="Id">Its number in the file.</param>
/// <param name="Owner">Whose it is: the target's name.</param>
/// <param name="Resolution">The distance of its values in milliseconds; 0 for as they were read.</param>
/// <param name="From">The time of its first values, in milliseconds since 1970.</param>
/// <param name="To">The time of its last values.</param>
public sealed record StoredBlock(long Id, string Owner, long Resolution, long From, long To);

/// <summary>Keeps blocks of observations, the names of their series, and small documents in a SQLite file. One process writes, any number read.</summary>
/// <remarks>Not safe for use by several threads at once; the caller sees to that. Failures are <see cref="SqliteException"/>.</remarks>
public sealed class BlockFile : IDisposable
{
    /// <summary>"LKob", so that <c>file</c> and a second program can tell what this is.</summary>
    private const int ApplicationId = 0x4c4b6f62;

    private const int Version = 2;

    private const string Create = """
        CREATE TABLE series (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, labels TEXT NOT NULL, UNIQUE (owner, labels));
        CREATE TABLE block (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, resolution INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, content BLOB NOT NULL, UNIQUE (owner, resolution, first));
        CREATE INDEX block_by_age ON block (resolution, last);
        CREATE TABLE IF NOT EXISTS document (kind TEXT NOT NULL, key TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
        """;

    private readonly SqliteConnection connection;

    private BlockFile(SqliteConnection connection) => this.connection = connection;

    /// <summary>Opens a file, and makes it and its folder when they are missing.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SqliteException">It cannot be opened, or it is another program's.</exception>
    public static BlockFile Open(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        var opened = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = 5 }.ToString());
        var file = new BlockFile(opened);
        try
        {
            opened.Open();
            // Freed pages go back to the disk step by step; it holds only when it is set before the first table.
            file.connection.Run("PRAGMA auto_vacuum = INCREMENTAL;");
            file.connection.Run("PRAGMA journal_mode = WAL;");
            // A power cut may lose the last seconds of observations, never the file.
            file.connection.Run("PRAGMA synchronous = NORMAL;");
            file.Prepare(path);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The size of the content in bytes: pages in use.</summary>
    public long Size => (connection.Number("PRAGMA page_count;") - connection.Number("PRAGMA freelist_count;")) * connection.Number("PRAGMA page_size;");

    /// <summary>Does several things at once, or nothing of them.</summary>
    /// <param name="work">The things.</param>
    public void Together(Action work)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        work();
        transaction.Commit();
    }

    /// <summary>The numbers of an owner's series by their labels.</summary>
    /// <param name="owner">The owner.</param>
    public Dictionary<string, long> Series(string owner)
    {
        using var command = connection.Command("SELECT labels, id FROM series WHERE owner = $1", owner);
        using var reader = command.ExecuteReader();
        var series = new Dictionary<string, long>(StringComparer.Ordinal);
        while (reader.Read())
            series[reader.GetString(0)] = reader.GetInt64(1);
        return series;
    }

    /// <summary>Every owner that has a block.</summary>
    public IReadOnlyList<string> Owners()
    {
        using var command = connection.Command("SELECT DISTINCT owner FROM block ORDER BY owner");
        using var reader = command.ExecuteReader();
        var owners = new List<string>();
        while (reader.Read())
            owners.Add(reader.GetString(0));
        return owners;
    }

    /// <summary>Gives a series a number.</summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="labels">Its labels.</param>
    public long AddSeries(string owner, string labels)
    {
        using var command = connection.Command("INSERT INTO series (owner, labels) VALUES ($1, $2) ON CONFLICT (owner, labels) DO UPDATE SET owner = excluded.owner RETURNING id", owner, labels);
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Writes a block; one of the same owner, resolution and beginning is replaced.</summary>
    /// <param name="owner">Whose it is.</param>
    /// <param name="resolution">The distance of its values in milliseconds; 0 for as they were read.</param>
    /// <param name="from">The time of its first values, in milliseconds since 1970.</param>
    /// <param name="to">The time of its last values.</param>
    /// <param name="content">The values.</param>
    public void Write(string owner, long resolution, long from, long to, byte[] content)
    {
        using var command = connection.Command("INSERT OR REPLACE INTO block (owner, resolution, first, last, content) VALUES ($1, $2, $3, $4, $5)", owner, resolution, from, to, content);
        command.ExecuteNonQuery();
    }

    /// <summary>Removes a block.</summary>
    /// <param name="block">The block.</param>
    public void Remove(StoredBlock block)
    {
        using var command = connection.Command("DELETE FROM block WHERE id = $1", block.Id);
        command.ExecuteNonQuery();
    }

    /// <summary>The blocks that hold something of a time, the oldest first.</summary>
    /// <param name="owner">Whose.</param>
    /// <param name="resolution">Of which resolution.</param>
    /// <param name="from">The beginning, in milliseconds since 1970.</param>
    /// <param name="to">The end.</param>
    public IReadOnlyList<StoredBlock> Blocks(string owner, long resolution, long from, long to)
    {
        using var command = connection.Command("SELECT id, first, last FROM block WHERE owner = $1 AND resolution = $2 AND last >= $3 AND first <= $4 ORDER BY first", owner, resolution, from, to);
        using var reader = command.ExecuteReader();
        var blocks = new List<StoredBlock>();
        while (reader.Read())
            blocks.Add(new StoredBlock(reader.GetInt64(0), owner, resolution, reader.GetInt64(1), reader.GetInt64(2)));
        return blocks;
    }

    /// <summary>The values of a block, read from the file piece by piece.</summary>
    /// <param name="block">The block.</param>
    public Stream Content(StoredBlock block) => new SqliteBlob(connection, "block", "content", block.Id, readOnly: true);

    /// <summary>Removes blocks of a resolution that end before a moment; says how many.</summary>
    /// <param name="resolution">The resolution.</param>
    /// <param name="before">Milliseconds since 1970.</param>
    public int RemoveBefore(long resolution, long before)
    {
        using var command = connection.Command("DELETE FROM block WHERE resolution = $1 AND last < $2", resolution, before);
        return command.ExecuteNonQuery();
    }

    /// <summary>Removes the oldest blocks of all, a few at a time; says how many.</summary>
    /// <param name="count">How many at most.</param>
    public int RemoveOldest(int count)
    {
        using var command = connection.Command("DELETE FROM block WHERE id IN (SELECT id FROM block ORDER BY last LIMIT $1)", count);
        return command.ExecuteNonQuery();
    }

    /// <summary>Gives freed room back to the disk.</summary>
    public void Shrink() => connection.Run("PRAGMA incremental_vacuum;");

    /// <summary>The documents of a kind by their keys.</summary>
    /// <param name="kind">The kind.</param>
    public Dictionary<string, string> Documents(string kind)
    {
        using var command = connection.Command("SELECT key, content FROM document WHERE kind = $1", kind);
        using var reader = command.ExecuteReader();
        var documents = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read())
            documents[reader.GetString(0)] = reader.GetString(1);
        return documents;
    }

    /// <summary>Writes a document; null removes it.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="key">The key.</param>
    /// <param name="content">The content.</param>
    public void Put(string kind, string key, string? content)
    {
        using var command = content is null
            ? connection.Command("DELETE FROM document WHERE kind = $1 AND key = $2", kind, key)
            : connection.Command("INSERT OR REPLACE INTO document (kind, key, content) VALUES ($1, $2, $3)", kind, key, content);
        command.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private void Prepare(string path)
    {
        if (connection.Number("PRAGMA application_id;") == ApplicationId && connection.Number("PRAGMA user_version;") == Version)
            return;
        Together(() =>
        {
            if (connection.Number("PRAGMA application_id;") == ApplicationId && connection.Number("PRAGMA user_version;") == Version)
                return;
            // The series of version 1 were numbered otherwise, and hold nothing but hours of the past; alerts and silences stay.
            if (connection.Number("PRAGMA application_id;") == ApplicationId && connection.Number("PRAGMA user_version;") == 1)
                connection.Run("DROP TABLE block; DROP TABLE series;");
            else if (connection.Number("SELECT count(*) FROM sqlite_schema;") > 0)
                throw new SqliteException($"{path} is a SQLite database of another program or of a newer version", 26);
            connection.Run(Create);
            connection.Run($"PRAGMA application_id = {ApplicationId};");
            connection.Run($"PRAGMA user_version = {Version};");
        });
    }
}

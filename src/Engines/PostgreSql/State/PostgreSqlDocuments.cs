using System.Data.Common;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.State;
using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.State;

/// <summary>Documents in the database of the state, shared by all servers of the project.</summary>
/// <param name="database">The database.</param>
/// <param name="clock">Limits the wait for a server that restarts.</param>
public sealed class PostgreSqlDocuments(StateDatabase database, TimeProvider clock) : IDocumentStore
{
    /// <summary>A server that restarts is back within moments; a person who waits for a page wants to know when it is not.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <summary>Opens it, and makes its tables when they are missing.</summary>
    /// <param name="database">The database.</param>
    /// <param name="clock">Limits the wait for a server that restarts.</param>
    /// <exception cref="LockkeeperException">It cannot be used (LK1403, LK1404).</exception>
    public static PostgreSqlDocuments Open(StateDatabase database, TimeProvider clock)
    {
        var documents = new PostgreSqlDocuments(database, clock);
        documents.Use(static _ => true);
        return documents;
    }

    /// <inheritdoc/>
    public string? Get(string kind, string key) => Use(connection =>
    {
        using var command = Command(connection, "/* lk:state.get */ SELECT content FROM lockkeeper_state.document WHERE kind = $1 AND key = $2", kind, key);
        return command.ExecuteScalar() as string;
    });

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, string>> All(string kind, int? last = null) => Use(connection =>
    {
        using var command = Command(connection, "/* lk:state.all */ SELECT key, content FROM lockkeeper_state.document WHERE kind = $1 ORDER BY key DESC LIMIT $2", kind, last is { } most ? (long)most : DBNull.Value);
        using DbDataReader reader = command.ExecuteReader();
        var documents = new List<KeyValuePair<string, string>>();
        while (reader.Read())
            documents.Add(new(reader.GetString(0), reader.GetString(1)));
        documents.Reverse();
        return documents;
    });

    /// <inheritdoc/>
    public void Put(string kind, string key, string? content) => Use(connection =>
    {
        using var command = content is null
            ? Command(connection, "/* lk:state.remove */ DELETE FROM lockkeeper_state.document WHERE kind = $1 AND key = $2", kind, key)
            : Command(connection, "/* lk:state.put */ INSERT INTO lockkeeper_state.document (kind, key, content) VALUES ($1, $2, $3) ON CONFLICT (kind, key) DO UPDATE SET content = excluded.content", kind, key, content);
        return command.ExecuteNonQuery();
    });

    /// <inheritdoc/>
    public bool Swap(string kind, string key, string? expected, string? content)
    {
        var isUnsure = false;
        return Use(connection =>
        {
            // When the connection broke before the answer came, what is there tells whether it was written.
            if (isUnsure && expected != content && Current(connection, kind, key) == content)
                return true;
            isUnsure = true;
            if (expected is null && content is null)
                return Current(connection, kind, key) is null;
            using var command = (expected, content) switch
            {
                (null, _) => Command(connection, "/* lk:state.add */ INSERT INTO lockkeeper_state.document (kind, key, content) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", kind, key, content!),
                (_, null) => Command(connection, "/* lk:state.take */ DELETE FROM lockkeeper_state.document WHERE kind = $1 AND key = $2 AND content = $3", kind, key, expected),
                _ => Command(connection, "/* lk:state.swap */ UPDATE lockkeeper_state.document SET content = $4 WHERE kind = $1 AND key = $2 AND content = $3", kind, key, expected, content),
            };
            return command.ExecuteNonQuery() == 1;
        });
    }

    /// <summary>The connections are shared with the ledger of this process and end with it.</summary>
    public void Dispose()
    {
    }

    private static string? Current(NpgsqlConnection connection, string kind, string key)
    {
        using var command = Command(connection, "/* lk:state.current */ SELECT content FROM lockkeeper_state.document WHERE kind = $1 AND key = $2", kind, key);
        return command.ExecuteScalar() as string;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(value is DBNull ? new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint } : new NpgsqlParameter { Value = value });
        return command;
    }

    private T Use<T>(Func<NpgsqlConnection, T> work)
    {
        var started = clock.GetTimestamp();
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                return database.Use(make: true, default!, work);
            }
            catch (Exception e) when (ServerErrors.IsServerError(e))
            {
                // The first failure may be that of a connection that had been kept, so a second try is never too many.
                if (!ServerErrors.IsConnectionLost(e) || (!isFirst && clock.GetElapsedTime(started) > LongestWait))
                    throw database.Failure(e, KernelErrors.StateUnusable);
                Thread.Sleep(100);
            }
        }
    }
}

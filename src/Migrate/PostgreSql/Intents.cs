using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>What a run meant to do with a statement that no transaction covers, written down before it was sent.</summary>
/// <param name="Statement">The statement's index in its script.</param>
/// <param name="Sha256">The hash of its text.</param>
/// <param name="Done">Whether it is done for sure.</param>
/// <param name="BackendPid">The backend that it was sent to.</param>
/// <param name="BackendStart">When that backend started; null when it could not be read.</param>
internal sealed record Intent(int Statement, string Sha256, bool Done, int BackendPid, DateTime? BackendStart);

/// <summary>The intents of a script without a transaction.</summary>
/// <param name="Series">The series.</param>
/// <param name="Id">The migration.</param>
/// <param name="Undo">Whether it is the down script.</param>
internal sealed record IntentKey(string Series, string Id, bool Undo);

/// <summary>Reads and writes intents.</summary>
internal static class Intents
{
    public static async Task<IReadOnlyDictionary<int, Intent>> ReadAsync(NpgsqlConnection connection, IntentKey key, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "/* lk:migrate.intents */ SELECT statement, sha256, done, backend_pid, backend_start FROM lockkeeper.intents WHERE series = $1 AND id = $2 AND undo = $3", connection)
        { Parameters = { new() { Value = key.Series }, new() { Value = key.Id }, new() { Value = key.Undo } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var intents = new Dictionary<int, Intent>();
        while (await reader.ReadAsync(cancel))
        {
            var start = await reader.IsDBNullAsync(4, cancel) ? (DateTime?)null : reader.GetDateTime(4);
            intents[reader.GetInt32(0)] = new Intent(reader.GetInt32(0), reader.GetString(1), reader.GetBoolean(2), reader.GetInt32(3), start);
        }

        return intents;
    }

    /// <summary>Writes an intent. The backend is this connection's, unless a pooler may take another one for the statement itself.</summary>
    public static NpgsqlBatchCommand Write(IntentKey key, int statement, string sql, RunStamp stamp, bool done) => HistoryQueries.With(
        """
        /* lk:migrate.write_intent */
        INSERT INTO lockkeeper.intents (series, id, undo, statement, sha256, run, done, started_at, backend_pid, backend_start)
        SELECT $1, $2, $3, $4, $5, $6, $7, clock_timestamp(), pg_backend_pid(), (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())
        ON CONFLICT (series, id, undo, statement) DO UPDATE SET sha256 = excluded.sha256, run = excluded.run, done = excluded.done,
            started_at = excluded.started_at, backend_pid = excluded.backend_pid, backend_start = excluded.backend_start
        """,
        key.Series, key.Id, key.Undo, statement, Hash(sql), stamp.Run, done);

    public static NpgsqlBatchCommand Remove(IntentKey key) =>
        HistoryQueries.With("/* lk:migrate.remove_intents */ DELETE FROM lockkeeper.intents WHERE series = $1 AND id = $2 AND undo = $3", key.Series, key.Id, key.Undo);

    /// <summary>Removes the intent of one statement.</summary>
    public static NpgsqlBatchCommand Remove(IntentKey key, int statement) => HistoryQueries.With(
        "/* lk:migrate.remove_intent */ DELETE FROM lockkeeper.intents WHERE series = $1 AND id = $2 AND undo = $3 AND statement = $4", key.Series, key.Id, key.Undo, statement);

    /// <summary>Whether the backend of an intent still runs it.</summary>
    public static async Task<bool> IsRunningAsync(NpgsqlConnection connection, Intent intent, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "/* lk:migrate.intent_runs */ SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1 AND pid <> pg_backend_pid() AND state = 'active' AND ($2::timestamptz IS NULL OR backend_start = $2))", connection)
        { Parameters = { new() { Value = intent.BackendPid }, new() { Value = (object?)intent.BackendStart ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz } } };
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    public static string Hash(string sql) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
}

using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Recovery;

/// <summary>How far a script without a transaction has come; one row of the target, whatever the script's length.</summary>
/// <param name="Done">How many of its statements are done for sure.</param>
/// <param name="DoneSha256">What <see cref="Intents.Chain"/> gives for those statements.</param>
/// <param name="Running">The statement that was sent after them and of which nobody has heard; null for none.</param>
internal sealed record ScriptProgress(int Done, string DoneSha256, Intent? Running);

/// <summary>What a run meant to do with a statement that no transaction covers, written down before it was sent.</summary>
/// <param name="Sha256">The hash of its text.</param>
/// <param name="Before">What the catalog said of its effect before.</param>
/// <param name="BackendPid">The backend that it was sent to; null behind a pooler, where any may get it.</param>
/// <param name="BackendStart">When that backend started; null when it could not be read.</param>
internal sealed record Intent(string Sha256, string Before, int? BackendPid, DateTime? BackendStart);

/// <summary>Whose progress it is.</summary>
/// <param name="Series">The series.</param>
/// <param name="Id">The migration.</param>
/// <param name="Undo">Whether it is the down script.</param>
internal sealed record IntentKey(string Series, string Id, bool Undo);

/// <summary>Reads and writes how far scripts without a transaction have come.</summary>
internal static class Intents
{
    /// <summary>The progress of a script; null when nothing of it is in place.</summary>
    public static async Task<ScriptProgress?> ReadAsync(NpgsqlConnection connection, IntentKey key, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "/* lk:migrate.intents */ SELECT done, done_sha256, sha256, before, backend_pid, backend_start FROM lockkeeper.intents WHERE series = $1 AND id = $2 AND undo = $3", connection)
        { Parameters = { new() { Value = key.Series }, new() { Value = key.Id }, new() { Value = key.Undo } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return null;
        var running = await reader.IsDBNullAsync(2, cancel)
            ? null
            : new Intent(reader.GetString(2), reader.GetString(3), await reader.IsDBNullAsync(4, cancel) ? null : reader.GetInt32(4), await reader.IsDBNullAsync(5, cancel) ? null : reader.GetDateTime(5));
        return new ScriptProgress(reader.GetInt32(0), reader.GetString(1), running);
    }

    /// <summary>Writes down that a statement is about to be sent.</summary>
    /// <param name="key">Whose progress.</param>
    /// <param name="done">What is done.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="effect">What it is to change, in words.</param>
    /// <param name="before">What the catalog says of that now.</param>
    /// <param name="stamp">The run.</param>
    /// <param name="isPooled">Whether another backend than this one may get the statement.</param>
    public static NpgsqlBatchCommand Write(IntentKey key, ScriptProgress done, string sql, string? effect, string before, RunStamp stamp, bool isPooled) => HistoryQueries.With(
        """
        /* lk:migrate.write_intent */
        INSERT INTO lockkeeper.intents (series, id, undo, done, done_sha256, run, sha256, effect, before, started_at, backend_pid, backend_start)
        SELECT $1, $2, $3, $4, $5, $6, $7, nullif($8, ''), $9, clock_timestamp(), b.pid, b.backend_start
        FROM (VALUES (1)) one LEFT JOIN pg_stat_activity b ON b.pid = pg_backend_pid() AND NOT $10
        ON CONFLICT (series, id, undo) DO UPDATE SET done = excluded.done, done_sha256 = excluded.done_sha256, run = excluded.run, sha256 = excluded.sha256, effect = excluded.effect,
            before = excluded.before, started_at = excluded.started_at, backend_pid = excluded.backend_pid, backend_start = excluded.backend_start
        """,
        key.Series, key.Id, key.Undo, done.Done, done.DoneSha256, stamp.Run, Hash(sql), effect ?? "", before, isPooled);

    /// <summary>Writes down what is done, with nothing running.</summary>
    public static NpgsqlBatchCommand Done(IntentKey key, ScriptProgress done, RunStamp stamp) => HistoryQueries.With(
        """
        /* lk:migrate.write_done */
        INSERT INTO lockkeeper.intents (series, id, undo, done, done_sha256, run, started_at) VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp())
        ON CONFLICT (series, id, undo) DO UPDATE SET done = excluded.done, done_sha256 = excluded.done_sha256, run = excluded.run, sha256 = NULL, effect = NULL, before = NULL,
            started_at = excluded.started_at, backend_pid = NULL, backend_start = NULL
        """,
        key.Series, key.Id, key.Undo, done.Done, done.DoneSha256, stamp.Run);

    /// <summary>Writes down that no backend runs the statement any more although it left something behind: the session goes on with other work.</summary>
    public static NpgsqlBatchCommand Ended(IntentKey key) => HistoryQueries.With(
        "/* lk:migrate.intent_ended */ UPDATE lockkeeper.intents SET backend_pid = NULL, backend_start = NULL WHERE series = $1 AND id = $2 AND undo = $3", key.Series, key.Id, key.Undo);

    /// <summary>Removes the progress of a script that is recorded or undone.</summary>
    public static NpgsqlBatchCommand Remove(IntentKey key) =>
        HistoryQueries.With("/* lk:migrate.remove_intents */ DELETE FROM lockkeeper.intents WHERE series = $1 AND id = $2 AND undo = $3", key.Series, key.Id, key.Undo);

    /// <summary>The first statement was refused by the server, and nothing is in place.</summary>
    public static NpgsqlBatchCommand RemoveUnlessDone(IntentKey key) =>
        HistoryQueries.With("/* lk:migrate.remove_intent */ DELETE FROM lockkeeper.intents WHERE series = $1 AND id = $2 AND undo = $3 AND done = 0", key.Series, key.Id, key.Undo);

    /// <summary>One more statement after those that are done.</summary>
    public static ScriptProgress Next(ScriptProgress done, string sql) => new(done.Done + 1, Chain(done.DoneSha256, sql), null);

    /// <summary>The hash of a list of statements: that of the list without its last one, and of the last one.</summary>
    public static string Chain(string sha256, string sql) => Hash(sha256 + Hash(sql));

    public static string Hash(string sql) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
}

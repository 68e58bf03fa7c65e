using Lockkeeper.Migrate.Running;
using Npgsql;
using NpgsqlTypes;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>Reads and writes the checkpoints of backfills.</summary>
internal static class BackfillStore
{
    private const string Columns = "series, id, undo, statement, sql, sha256, table_name, key_columns, last_key, end_key, table_rows, pass, scanned, changed, batches, state, pause_asked, run, started_at, updated_at";

    private const string OfPlace = "series = $1 AND id = $2 AND undo = $3 AND statement = $4";

    /// <summary>The table, one row a backfill.</summary>
    public const string Table =
        """
        /* lk:migrate.backfills */
        CREATE TABLE IF NOT EXISTS lockkeeper.backfills (
            series text NOT NULL,
            id text NOT NULL,
            undo boolean NOT NULL,
            statement integer NOT NULL,
            sql text NOT NULL,
            sha256 text NOT NULL,
            table_name text NOT NULL,
            key_columns text[] NOT NULL,
            last_key text[],
            end_key text[],
            table_rows bigint,
            pass integer NOT NULL,
            scanned bigint NOT NULL,
            changed bigint NOT NULL,
            batches integer NOT NULL,
            state text NOT NULL CHECK (state IN ('running', 'paused', 'done')),
            pause_asked boolean NOT NULL,
            run text NOT NULL,
            epoch bigint NOT NULL,
            started_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            PRIMARY KEY (series, id, undo, statement)
        ) WITH (fillfactor = 50)
        """;

    /// <summary>A backfill's checkpoint, locked for the open transaction.</summary>
    public static NpgsqlBatchCommand Lock(BackfillPlace place) => OfThe(place, $"/* lk:backfill.lock */ SELECT {Columns} FROM lockkeeper.backfills WHERE {OfPlace} FOR UPDATE");

    /// <summary>A backfill's checkpoint; null when there is none.</summary>
    public static async Task<BackfillRow?> ReadAsync(NpgsqlConnection connection, BackfillPlace place, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { OfThe(place, $"/* lk:backfill.read */ SELECT {Columns} FROM lockkeeper.backfills WHERE {OfPlace}") } };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Read(reader) : null;
    }

    /// <summary>All checkpoints of a series, the newest first.</summary>
    public static async Task<IReadOnlyList<BackfillRow>> ReadAllAsync(NpgsqlConnection connection, string series, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"/* lk:backfill.read_all */ SELECT {Columns} FROM lockkeeper.backfills WHERE series = $1 ORDER BY updated_at DESC", connection) { Parameters = { new() { Value = series } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<BackfillRow>();
        while (await reader.ReadAsync(cancel))
            rows.Add(Read(reader));
        return rows;
    }

    /// <summary>Writes the checkpoint of a backfill that begins, in the place of an older one.</summary>
    public static NpgsqlBatchCommand Begin(BackfillRow row, RunStamp stamp, long epoch)
    {
        var command = OfThe(
            row.Place,
            """
            /* lk:backfill.begin */
            INSERT INTO lockkeeper.backfills (series, id, undo, statement, sql, sha256, table_name, key_columns, end_key, table_rows, run, epoch, last_key, pass, scanned, changed, batches, state, pause_asked, started_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL, 1, 0, 0, 0, 'running', false, clock_timestamp(), clock_timestamp())
            ON CONFLICT (series, id, undo, statement) DO UPDATE SET sql = excluded.sql, sha256 = excluded.sha256, table_name = excluded.table_name, key_columns = excluded.key_columns,
                end_key = excluded.end_key, table_rows = excluded.table_rows, run = excluded.run, epoch = excluded.epoch, last_key = NULL, pass = 1, scanned = 0, changed = 0, batches = 0,
                state = 'running', pause_asked = false, started_at = excluded.started_at, updated_at = excluded.updated_at
            """);
        Add(command, row.Sql, row.Sha256, row.Table);
        command.Parameters.Add(Texts(row.Key));
        command.Parameters.Add(Texts(row.End));
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)row.Rows ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        Add(command, stamp.Run, epoch);
        return command;
    }

    /// <summary>Writes what a batch has done; committed with it.</summary>
    public static NpgsqlBatchCommand Checkpoint(BackfillRow row, RunStamp stamp, long epoch)
    {
        var command = OfThe(
            row.Place,
            $"""
            /* lk:backfill.checkpoint */
            UPDATE lockkeeper.backfills SET last_key = $5, pass = $6, scanned = $7, changed = $8, batches = $9, state = $10, pause_asked = $11, run = $12, epoch = $13, updated_at = clock_timestamp() WHERE {OfPlace}
            """);
        command.Parameters.Add(Texts(row.Last));
        Add(command, row.Pass, row.Scanned, row.Changed, row.Batches, Name(row.State), row.PauseAsked, stamp.Run, epoch);
        return command;
    }

    /// <summary>Asks the backfills of a series that run to pause; the number of rows is that of the backfills.</summary>
    public static NpgsqlBatchCommand AskToPause(string series) =>
        HistoryQueries.With("/* lk:backfill.pause */ UPDATE lockkeeper.backfills SET pause_asked = true WHERE series = $1 AND state = 'running'", series);

    /// <summary>Whether some run holds the lease, with a sign of life.</summary>
    public static async Task<bool> IsLeaseHeldAsync(NpgsqlConnection connection, string scope, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:backfill.at_work */
            SELECT EXISTS (SELECT FROM lockkeeper.lease l JOIN lockkeeper.heartbeat h ON h.scope = l.scope AND h.epoch = l.epoch
                WHERE l.scope = $1 AND l.held AND h.at > clock_timestamp() - l.ttl_ms * interval '1 ms'
                    AND (l.backend_pid IS NULL OR EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.pid = l.backend_pid AND a.backend_start = l.backend_start)))
            """,
            connection)
        { Parameters = { new() { Value = scope } } };
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    /// <summary>Forgets the checkpoints of a script that is undone.</summary>
    public static NpgsqlBatchCommand Forget(string series, string id, bool undo) =>
        HistoryQueries.With("/* lk:backfill.forget */ DELETE FROM lockkeeper.backfills WHERE series = $1 AND id = $2 AND undo = $3 AND state <> 'done'", series, id, undo);

    /// <summary>Forgets all that are not done.</summary>
    public static NpgsqlBatchCommand ForgetAll(string series) => HistoryQueries.With("/* lk:backfill.forget_all */ DELETE FROM lockkeeper.backfills WHERE series = $1 AND state <> 'done'", series);

    public static string Name(BackfillState state) => state switch { BackfillState.Paused => "paused", BackfillState.Done => "done", _ => "running" };

    /// <summary>The checkpoint in the current row of a reader.</summary>
    public static BackfillRow Read(NpgsqlDataReader row) => new()
    {
        Place = new BackfillPlace(row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetInt32(3)),
        Sql = row.GetString(4),
        Sha256 = row.GetString(5),
        Table = row.GetString(6),
        Key = row.GetFieldValue<string[]>(7),
        Last = row.IsDBNull(8) ? null : row.GetFieldValue<string[]>(8),
        End = row.IsDBNull(9) ? null : row.GetFieldValue<string[]>(9),
        Rows = row.IsDBNull(10) ? null : row.GetInt64(10),
        Pass = row.GetInt32(11),
        Scanned = row.GetInt64(12),
        Changed = row.GetInt64(13),
        Batches = row.GetInt32(14),
        State = row.GetString(15) switch { "paused" => BackfillState.Paused, "done" => BackfillState.Done, _ => BackfillState.Running },
        PauseAsked = row.GetBoolean(16),
        Run = row.GetString(17),
        StartedAt = row.GetFieldValue<DateTimeOffset>(18),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(19),
    };

    private static NpgsqlBatchCommand OfThe(BackfillPlace place, string sql) => HistoryQueries.With(sql, place.Series, place.Id, place.Undo, place.Statement);

    private static void Add(NpgsqlBatchCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
    }

    private static NpgsqlParameter Texts(IReadOnlyList<string>? values) =>
        new() { Value = values is null ? DBNull.Value : values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}

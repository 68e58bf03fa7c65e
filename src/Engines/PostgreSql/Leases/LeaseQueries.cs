using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.Leases;

/// <summary>The lease's statements.</summary>
internal static class LeaseQueries
{
    /// <summary>
    /// Free when: given back, or the holder's backend is gone (a reused process id has another start time), or the heartbeat is too old. A role
    /// without pg_read_all_stats sees its own sessions only, so another role's backend counts as unknown (NULL start) and only its age decides.
    /// Through a pooler the recorded backend is NULL, and only the age decides.
    /// </summary>
    private const string IsFree =
        """
        (NOT l.held
         OR (SELECT b.at FROM lockkeeper.heartbeat b WHERE b.scope = l.scope) < clock_timestamp() - l.ttl_ms * interval '1 ms'
         OR (l.backend_pid IS NOT NULL AND NOT EXISTS (
                SELECT FROM pg_stat_activity a
                WHERE a.pid = l.backend_pid AND (a.backend_start IS NULL OR a.backend_start = l.backend_start))))
        """;

    /// <summary>Takes the lease when it is free; null when another one holds it or is inside a fenced transaction.</summary>
    public static async Task<long?> TryTakeAsync(NpgsqlConnection connection, string scope, string holder, TimeSpan timeToLive, CancellationToken cancel)
    {
        // PgBouncer invents the process id it tells the client: equal numbers mean a direct connection, whose backend can be watched.
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("BEGIN"),
                // Locked before it is looked at, so that two takers see each other; NOWAIT, because a queued lock would slow the holder's own fence.
                new NpgsqlBatchCommand("/* lk:leases.lock */ SELECT FROM lockkeeper.lease WHERE scope = $1 FOR UPDATE NOWAIT") { Parameters = { new() { Value = scope } } },
                new NpgsqlBatchCommand(
                    $"""
                    /* lk:leases.take */
                    UPDATE lockkeeper.lease l
                    SET epoch = l.epoch + 1, held = true, holder = $1, since = clock_timestamp(), ttl_ms = $2,
                        backend_pid = CASE WHEN pg_backend_pid() = $3 THEN pg_backend_pid() END,
                        backend_start = CASE WHEN pg_backend_pid() = $3 THEN (SELECT a.backend_start FROM pg_stat_activity a WHERE a.pid = pg_backend_pid()) END
                    WHERE l.scope = $4 AND {IsFree}
                    RETURNING l.epoch
                    """)
                {
                    Parameters = { new() { Value = holder }, new() { Value = (int)timeToLive.TotalMilliseconds }, new() { Value = connection.ProcessID }, new() { Value = scope } },
                },
                new NpgsqlBatchCommand("/* lk:leases.first_beat */ UPDATE lockkeeper.heartbeat b SET epoch = l.epoch, at = clock_timestamp() FROM lockkeeper.lease l WHERE l.scope = $1 AND b.scope = $1 AND l.epoch > b.epoch") { Parameters = { new() { Value = scope } } },
                new NpgsqlBatchCommand("COMMIT"),
            },
        };
        try
        {
            await using var rows = await batch.ExecuteReaderAsync(cancel);
            return await FirstNumberAsync(rows, cancel);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.SerializationFailure)
        {
            // A fenced transaction of the holder is still open: it is alive, or the server has not ended it yet.
            await RollbackAsync(connection, cancel);
            return null;
        }
    }

    /// <remarks>
    /// The heartbeat is a subquery and no join: these tables are never analysed, and a join of 860 by 1,630 imagined rows made the server compile the
    /// statement (jit_above_cost), which took 400 ms.
    /// </remarks>
    public static async Task<LeaseHolder?> ReadAsync(NpgsqlConnection connection, string scope, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            /* lk:leases.read */
            SELECT l.epoch, l.holder, l.since, (SELECT b.at FROM lockkeeper.heartbeat b WHERE b.scope = $1), NOT {IsFree} FROM lockkeeper.lease l WHERE l.scope = $1 AND l.held
            """,
            connection)
        { Parameters = { new() { Value = scope } } };
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel)
            ? new LeaseHolder(row.GetInt64(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3), row.GetBoolean(4))
            : null;
    }

    public static async Task<bool> BeatAsync(NpgsqlConnection connection, string scope, long epoch, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:leases.beat */
            UPDATE lockkeeper.heartbeat SET at = clock_timestamp()
            WHERE scope = $2 AND epoch = $1 AND EXISTS (SELECT FROM lockkeeper.lease WHERE scope = $2 AND epoch = $1 AND held)
            """,
            connection)
        { Parameters = { new() { Value = epoch }, new() { Value = scope } } };
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    /// <summary>Records the holder's new backend after a reconnect.</summary>
    public static async Task AdoptBackendAsync(NpgsqlConnection connection, string scope, long epoch, CancellationToken cancel)
    {
        // The holder's own fenced transaction may have the row locked until it commits; then the next reconnect or the fence decides.
        await using var command = new NpgsqlCommand(
            """
            /* lk:leases.adopt_backend */
            WITH mine AS (SELECT scope FROM lockkeeper.lease WHERE scope = $3 AND epoch = $1 AND held FOR UPDATE SKIP LOCKED)
            UPDATE lockkeeper.lease SET backend_pid = CASE WHEN pg_backend_pid() = $2 THEN $2 END,
                backend_start = CASE WHEN pg_backend_pid() = $2 THEN (SELECT a.backend_start FROM pg_stat_activity a WHERE a.pid = $2) END
            WHERE scope IN (SELECT scope FROM mine)
            """,
            connection)
        { Parameters = { new() { Value = epoch }, new() { Value = connection.ProcessID }, new() { Value = scope } } };
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Makes the rows of further scopes.</summary>
    public static async Task AddAsync(NpgsqlConnection connection, string[] scopes, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("/* lk:leases.add */ INSERT INTO lockkeeper.lease SELECT s, 0, false, '', now(), 0, NULL, NULL FROM unnest($1::text[]) s ON CONFLICT DO NOTHING") { Parameters = { new() { Value = scopes } } },
                new NpgsqlBatchCommand("/* lk:leases.add_beat */ INSERT INTO lockkeeper.heartbeat SELECT s, 0, '-infinity' FROM unnest($1::text[]) s ON CONFLICT DO NOTHING") { Parameters = { new() { Value = scopes } } },
            },
        };
        await batch.ExecuteNonQueryAsync(cancel);
    }

    public static async Task FreeAsync(NpgsqlConnection connection, string scope, long epoch, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "/* lk:leases.free */ UPDATE lockkeeper.lease SET held = false, backend_pid = NULL, backend_start = NULL WHERE scope = $2 AND epoch = $1", connection)
        { Parameters = { new() { Value = epoch }, new() { Value = scope } } };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<long?> FirstNumberAsync(NpgsqlDataReader rows, CancellationToken cancel)
    {
        long? number = null;
        do
        {
            while (await rows.ReadAsync(cancel))
            {
                if (rows.FieldCount > 0)
                    number ??= rows.GetInt64(0);
            }
        }
        while (await rows.NextResultAsync(cancel));
        return number;
    }

    private static async Task RollbackAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var rollback = new NpgsqlCommand("ROLLBACK", connection);
        await rollback.ExecuteNonQueryAsync(cancel);
    }
}

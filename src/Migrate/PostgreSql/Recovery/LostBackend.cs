using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Recovery;

/// <summary>The backend to which a run that died, was cut off or was paused past its lease had sent a statement that no transaction covers.</summary>
/// <param name="connection">An open connection.</param>
/// <param name="clock">The clock.</param>
internal sealed class LostBackend(NpgsqlConnection connection, TimeProvider clock)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits until nobody runs the statement any more, and ends the backend that could still be given it.</summary>
    /// <param name="intent">The intent.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="id">The migration, for people.</param>
    /// <param name="progress">Hears for whom it waits.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task SettleAsync(Intent intent, string sql, string id, IProgressSink progress, CancellationToken cancel)
    {
        while (await RunningAsync(intent, sql, cancel) is { } pid)
        {
            progress.Now($"{id}: waiting for backend {pid}, which still runs the statement of a run that died");
            await Task.Delay(PollInterval, clock, cancel);
        }

        try
        {
            while (await EndIdleAsync(intent, cancel))
                await Task.Delay(PollInterval / 10, clock, cancel);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            progress.Say($"{id}: backend {intent.BackendPid} of the run before is another role's and cannot be ended: see that its runner does not wake up");
        }
    }

    /// <summary>The backend that runs the statement: that of the intent, or another one behind a pooler, known by the statement's text.</summary>
    private async Task<int?> RunningAsync(Intent intent, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.intent_runs */
            SELECT pid FROM pg_stat_activity
            WHERE pid <> pg_backend_pid() AND datname = current_database() AND state = 'active'
              AND (pid = $1 AND ($2::timestamptz IS NULL OR backend_start = $2) OR left(query, 500) = left($3, 500))
            LIMIT 1
            """,
            connection) { Parameters = { Pid(intent), Start(intent), new() { Value = sql } } };
        return await command.ExecuteScalarAsync(cancel) as int?;
    }

    /// <summary>
    /// A runner that was paused between the intent and the statement would send it when it wakes up, and no fence covers what runs outside of transactions: its session must be gone before.
    /// Behind a pooler the backend may be somebody else's by now, and its number was not kept.
    /// </summary>
    /// <returns>Whether it was still there.</returns>
    private async Task<bool> EndIdleAsync(Intent intent, CancellationToken cancel)
    {
        if (intent.BackendStart is null)
            return false;
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.end_lost_backend */
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE pid = $1 AND backend_start = $2 AND pid <> pg_backend_pid() AND state LIKE 'idle%'
            """,
            connection) { Parameters = { Pid(intent), Start(intent) } };
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private static NpgsqlParameter Pid(Intent intent) => new() { Value = (object?)intent.BackendPid ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer };

    private static NpgsqlParameter Start(Intent intent) => new() { Value = (object?)intent.BackendStart ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz };
}

using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Finds out, on a connection of its own, who keeps a lock from us while a statement waits for it.</summary>
/// <param name="server">The target.</param>
/// <param name="clock">The clock.</param>
internal sealed class Blockers(PostgreSqlServer server, TimeProvider clock)
{
    private const int ShownQuery = 120;

    /// <summary>Looks once when a statement has run for a while; answers what was seen, in words. Ends with the token.</summary>
    /// <param name="backend">The backend that may be waiting.</param>
    /// <param name="after">How long to wait before looking: most of the lock time limit.</param>
    /// <param name="expected">Whether somebody stood in the way a moment ago: then the connection is opened before it is needed, for a short lock time limit may be over by then.</param>
    /// <param name="ended">Fires when the statement has ended.</param>
    public async Task<IReadOnlyList<string>> WatchAsync(int backend, TimeSpan after, bool expected, CancellationToken ended)
    {
        try
        {
            var started = clock.GetTimestamp();
            // Nearly every statement ends before: that is no exception, which would cost more than many a statement.
            if (!expected)
                await Task.Delay(after, clock, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested)
                return [];
            await using var connection = await server.OpenAsync(ended);
            if (after - clock.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
                await Task.Delay(left, clock, ended);
            return await ReadAsync(connection, backend, ended);
        }
        catch (Exception e) when (e is OperationCanceledException or LockkeeperException || ServerErrors.IsServerError(e))
        {
            // Who blocks is good to know and nothing depends on it.
            return [];
        }
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(NpgsqlConnection connection, int backend, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.blockers */
            SELECT a.pid, coalesce(a.usename::text, a.backend_type, ''), coalesce(a.application_name, ''), coalesce(a.state, ''),
                   coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)::float8, coalesce(a.query, '')
            FROM unnest(pg_blocking_pids($1)) b (pid) JOIN pg_stat_activity a ON a.pid = b.pid
            """,
            connection)
        { Parameters = { new() { Value = backend } } };
        await using var row = await command.ExecuteReaderAsync(cancel);
        var found = new List<string>();
        while (await row.ReadAsync(cancel))
        {
            var query = string.Join(' ', row.GetString(5).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            found.Add($"pid {row.GetInt32(0)}, {row.GetString(1)}{(row.GetString(2).Length > 0 ? $" ({row.GetString(2)})" : "")}, {row.GetString(3)}, "
                + $"in a transaction for {Durations.Words(TimeSpan.FromSeconds(row.GetDouble(4)))}: {(query.Length > ShownQuery ? query[..ShownQuery] + "…" : query)}");
        }

        return found;
    }
}

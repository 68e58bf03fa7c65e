using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Plans;
using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>
/// Looks, before a migration touches anything, for what would keep its strong locks or its CONCURRENTLY from it for long: waiting in the queue for that would only make others wait too.
/// </summary>
/// <param name="session">The target's connection.</param>
/// <param name="database">How long is long, and how long to wait.</param>
/// <param name="clock">The clock.</param>
internal sealed class ObstacleCheck(TargetSession session, DatabaseConfig database, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits until nothing is in the way; says for whom. Asks nothing of a script that needs no such lock.</summary>
    /// <param name="id">The migration.</param>
    /// <param name="script">Its script.</param>
    /// <param name="watched">Whose sessions will be ended: those are not waited for; and who hears of the others.</param>
    /// <param name="progress">Hears for whom it waits.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="StepFailedException">Something was in the way for too long; nothing was touched.</exception>
    public async Task ClearAsync(string id, PreparedSql script, WatchedMigration watched, IProgressSink progress, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        IReadOnlyList<string> said = [];
        while (await ReadAsync([script], watched.Termination, cancel) is { Count: > 0 } found)
        {
            if (clock.GetElapsedTime(started) >= database.Locks.Wait)
                throw new StepFailedException(Refusal(id, script, found), leftTraces: false);
            // Said again when somebody else is in the way, not because time has passed.
            var who = found.Select(obstacle => obstacle.Who).ToList();
            if (!who.SequenceEqual(said))
                progress.Say($"{id}: waits up to {Durations.Words(database.Locks.Wait)} for {string.Join("; ", found.Select(obstacle => obstacle.Words))}");
            said = who;
            watched.News.Add(found);
            await Task.Delay(Interval, clock, cancel);
        }

        watched.News.Add([]);
    }

    /// <summary>Whether anything is in the way of any of these.</summary>
    public async Task<bool> IsClearAsync(IEnumerable<PreparedSql> scripts, CancellationToken cancel) => (await ReadAsync([.. scripts], null, cancel)).Count == 0;

    private LockkeeperException Refusal(string id, PreparedSql script, IReadOnlyList<Obstacle> found) => new(
        MigrateErrors.ObstacleInTheWay, $"{id}: {found[0].Reason} is in the way and did not end within {Durations.Words(database.Locks.Wait)}; nothing was touched",
        found[0].Hint, script.Source.At)
    { Facts = [.. found.Select(obstacle => new ErrorFact("IN THE WAY", obstacle.Words))] };

    private async Task<IReadOnlyList<Obstacle>> ReadAsync(IReadOnlyList<PreparedSql> scripts, BlockerTermination? termination, CancellationToken cancel)
    {
        var locks = scripts.SelectMany(script => script.Summary.StrongLocks.Concat(script.Summary.ConcurrentLocks)).Distinct().ToList();
        var concurrently = scripts.Any(script => script.Summary.WaitsForSnapshots);
        if (locks.Count == 0 && !concurrently)
            return [];
        try
        {
            var read = await ReadAsync(await session.ConnectionAsync(cancel), locks, concurrently, cancel);
            return [.. read.Where(obstacle => termination?.WouldEnd(obstacle.Blocker) != true)];
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            // The migration itself finds out what is wrong, and says it better.
            return [];
        }
    }

    private async Task<IReadOnlyList<Obstacle>> ReadAsync(NpgsqlConnection connection, List<LockFact> locks, bool concurrently, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        var path = new SessionSettings(database.LockTimeout, null, database.SearchPath).SearchPathText;
        if (path is not null)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
            batch.BatchCommands.Add(HistoryQueries.With("/* lk:migrate.search_path */ SELECT set_config('search_path', $1, true)", path));
        }

        batch.BatchCommands.Add(HistoryQueries.With(
            """
            /* lk:migrate.obstacles */
            SELECT 'lock', coalesce(l.pid, 0), extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, p.prepared))::float8, coalesce(a.usename::text, a.backend_type, p.owner, ''), coalesce(a.application_name, p.gid, ''),
                   coalesce(a.state, ''), coalesce(a.backend_type, ''), coalesce(a.query, ''), l.mode, l.relation::regclass::text, w.mode, a.backend_start
            FROM (SELECT DISTINCT to_regclass(name) AS relation, mode FROM unnest($1, $2) named (name, mode)) w
            JOIN pg_catalog.pg_locks l ON l.relation = w.relation AND l.locktype = 'relation' AND l.granted
            LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            LEFT JOIN LATERAL (
                SELECT string_agg(x.gid, ''', ''') AS gid, min(x.owner::text) AS owner, min(x.prepared) AS prepared
                FROM pg_catalog.pg_locks t JOIN pg_catalog.pg_prepared_xacts x ON x.transaction = t.transactionid
                WHERE l.pid IS NULL AND t.pid IS NULL AND t.locktype = 'transactionid' AND t.virtualtransaction = l.virtualtransaction) p ON true
            WHERE l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) AND l.pid IS DISTINCT FROM pg_backend_pid()
              AND (coalesce(a.xact_start, p.prepared) < clock_timestamp() - $4 * interval '1 ms' OR (a.backend_type = 'autovacuum worker' AND a.query LIKE '%(to prevent wraparound)'))
            UNION ALL
            SELECT 'snapshot', a.pid, extract(epoch FROM clock_timestamp() - a.xact_start)::float8, coalesce(a.usename::text, a.backend_type, ''), coalesce(a.application_name, ''),
                   coalesce(a.state, ''), coalesce(a.backend_type, ''), coalesce(a.query, ''), NULL, NULL, NULL, a.backend_start
            FROM pg_catalog.pg_stat_activity a
            WHERE $3 AND a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_xmin IS NOT NULL AND a.backend_type <> 'autovacuum worker'
              AND a.xact_start < clock_timestamp() - $4 * interval '1 ms'
            ORDER BY 3 DESC LIMIT 200
            """,
            locks.Select(taken => taken.Relation).ToArray(), locks.Select(taken => taken.Mode).ToArray(), concurrently, database.Locks.LongTransaction.TotalMilliseconds));
        if (path is not null)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        await using var row = await batch.ExecuteReaderAsync(cancel);
        if (path is not null)
            await row.NextResultAsync(cancel);
        var found = new List<Obstacle>();
        while (await row.ReadAsync(cancel))
        {
            var mode = row.IsDBNull(8) ? null : row.GetString(8);
            var blocker = new Blocker(
                row.GetInt32(1), row.IsDBNull(11) ? null : row.GetDateTime(11), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7),
                row.IsDBNull(2) ? null : TimeSpan.FromSeconds(row.GetDouble(2)), mode);
            var obstacle = new Obstacle(blocker, row.IsDBNull(9) ? null : row.GetString(9));
            if ((mode is null || PgLockMode.Conflict(row.GetString(10), PgLockMode.Words(mode))) && found.All(other => other.Who != obstacle.Who))
                found.Add(obstacle);
        }

        return found;
    }
}

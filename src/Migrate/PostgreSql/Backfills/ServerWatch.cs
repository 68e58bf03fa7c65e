using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Npgsql;
using NpgsqlTypes;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>What a backfill costs others, as the server shows it; a number that the role may not see is null.</summary>
/// <param name="LagBytes">Bytes of WAL that the slowest replica has not replayed.</param>
/// <param name="Lag">How long it is behind.</param>
/// <param name="WalRate">Bytes of WAL a second, of the whole server.</param>
/// <param name="DeadRatio">Dead rows of the table for each live one.</param>
internal sealed record ServerLoad(double? LagBytes, TimeSpan? Lag, double? WalRate, double? DeadRatio);

/// <summary>Looks at the server while a backfill runs, on a connection of its own.</summary>
internal sealed class ServerWatch : IAsyncDisposable
{
    private static readonly TimeSpan WaitingEvery = TimeSpan.FromMilliseconds(100);
    private const int LoadEvery = 10;

    private readonly PostgreSqlServer server;
    private readonly string table;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource ended = new();
    private readonly TaskCompletionSource looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task watching;
    private (double Lsn, long At)? lastWal;
    private volatile int backend;
    private volatile ServerLoad? load;
    private int mostWaiting;

    public ServerWatch(PostgreSqlServer server, string table, TimeProvider clock)
    {
        (this.server, this.table, this.clock) = (server, table.StartsWith("ONLY ", StringComparison.Ordinal) ? table["ONLY ".Length..] : table, clock);
        watching = WatchAsync();
    }

    /// <summary>The backend that runs the batches; behind a pooler it is another one each time.</summary>
    public int Backend
    {
        set => backend = value;
    }

    /// <summary>The last look; null before the first, or when the server cannot be asked.</summary>
    public ServerLoad? Load => load;

    /// <summary>Waits for the first look: where a replica is behind already, not even one batch runs.</summary>
    public Task LookedAsync(CancellationToken cancel) => looked.Task.WaitAsync(cancel);

    /// <summary>The most sessions that were seen waiting for a batch since the last call.</summary>
    public int TakeWaiting() => Interlocked.Exchange(ref mostWaiting, 0);

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await watching;
        ended.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await using var connection = await server.OpenAsync(ended.Token);
                for (var look = 0; ; look++)
                {
                    if (look % LoadEvery == 0)
                        load = await LoadAsync(connection, ended.Token);
                    looked.TrySetResult();
                    var waiting = await WaitingAsync(connection, backend, ended.Token);
                    if (waiting > Volatile.Read(ref mostWaiting))
                        Interlocked.Exchange(ref mostWaiting, waiting);
                    await Task.Delay(WaitingEvery, clock, ended.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or LockkeeperException || ServerErrors.IsServerError(e))
            {
                // What cannot be seen does not throttle; a batch that fails says more.
                load = null;
                looked.TrySetResult();
                await Task.Delay(WaitingEvery * LoadEvery, clock, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task<int> WaitingAsync(NpgsqlConnection connection, int backend, CancellationToken cancel)
    {
        if (backend == 0)
            return 0;
        await using var command = new NpgsqlCommand(
            """
            /* lk:backfill.waiting */
            SELECT count(*)::int FROM pg_catalog.pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database() AND $1 = ANY (pg_catalog.pg_blocking_pids(pid))
            """,
            connection)
        { Parameters = { new() { Value = backend } } };
        return await command.ExecuteScalarAsync(cancel) as int? ?? 0;
    }

    private async Task<ServerLoad> LoadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:backfill.load */
            SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::float8,
                   (SELECT max(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), r.replay_lsn))::float8 FROM pg_catalog.pg_stat_replication r WHERE r.state = 'streaming'),
                   (SELECT max(extract(epoch FROM r.replay_lag))::float8 FROM pg_catalog.pg_stat_replication r WHERE r.state = 'streaming'),
                   (SELECT sum(s.n_dead_tup)::float8 / greatest(sum(s.n_live_tup), 1) FROM pg_catalog.pg_stat_all_tables s
                    WHERE s.relid = pg_catalog.to_regclass($1) OR s.relid IN (SELECT t.relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass($1)) t WHERE t.isleaf))
            """,
            connection)
        { Parameters = { new() { Value = table, NpgsqlDbType = NpgsqlDbType.Text } } };
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        var (lsn, now) = (row.GetDouble(0), clock.GetTimestamp());
        double? rate = lastWal is { } before && clock.GetElapsedTime(before.At, now) is var passed && passed > TimeSpan.Zero ? (lsn - before.Lsn) / passed.TotalSeconds : null;
        lastWal = (lsn, now);
        return new ServerLoad(Number(1), Number(2) is { } seconds ? TimeSpan.FromSeconds(seconds) : null, rate, Number(3));

        double? Number(int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
    }
}

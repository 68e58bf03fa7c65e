using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.PostgreSql.Locks;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>The one connection that a run works on, opened when first needed and anew when it was lost.</summary>
/// <param name="server">The target.</param>
/// <param name="clock">The clock.</param>
internal sealed class TargetSession(PostgreSqlServer server, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan BackendPoll = TimeSpan.FromMilliseconds(50);

    /// <summary>How long to look for the answer to a commit whose connection was cut: a server restart or failover takes this long.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    private NpgsqlConnection? connection;
    private bool retired;

    /// <summary>Where it is.</summary>
    public string Name => server.Name;

    /// <summary>The target, for further connections.</summary>
    public PostgreSqlServer Server => server;

    /// <summary>What is to be said of the steps in the ledger.</summary>
    public RunNotes Notes { get; } = new();

    /// <summary>Who answers; null before the first connection.</summary>
    public ServerIdentity? Identity { get; private set; }

    /// <summary>The version of the history's tables; null until they were seen.</summary>
    public int? StoreVersion { get; set; }

    /// <summary>What was asked once for the whole run, with the answer: the preconditions of changelogs.</summary>
    public Dictionary<PreconditionSet, bool> Asked { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>What locks are watched over.</summary>
    public WatcherConnection Watcher { get; } = new(server);

    /// <summary>The connection.</summary>
    public async Task<NpgsqlConnection> ConnectionAsync(CancellationToken cancel)
    {
        if (connection is { State: System.Data.ConnectionState.Open } && !retired)
            return connection;
        retired = false;
        if (connection is not null)
            await connection.DisposeAsync();
        connection = await server.OpenAsync(cancel);
        Identity = await ServerIdentity.ReadAsync(connection, cancel);
        return connection;
    }

    /// <summary>Lets the next use open another connection: a backend keeps what it learned of every table that it touched until it ends.</summary>
    public void Retire() => retired = true;

    /// <summary>Whether a migration was committed although the answer was lost; null when the server stays away, so that nobody knows.</summary>
    public Task<bool?> WasRecordedAsync(Migration migration, RunStamp stamp, bool undo, long epoch) => AnswerAsync<bool?>(
        async (connection, cancel) => await HistoryQueries.IsRecordedAsync(connection, migration, stamp, undo, cancel), stamp.Scope, epoch);

    /// <summary>How long those of the last migrations took that were committed although the answer was lost; null when the server stays away.</summary>
    /// <remarks>
    /// The lost backend lets the lease's row go between two transactions that were sent together, and goes on with what it has received. It is
    /// active until the end of the message, and then idle for as long as it does not know of the cut. Behind a pooler its number is not known, and the row is all there is to wait for.
    /// </remarks>
    public Task<IReadOnlyDictionary<string, TimeSpan>?> DurationsAsync(int last, RunStamp stamp, long epoch, int lostBackend) => AnswerAsync<IReadOnlyDictionary<string, TimeSpan>?>(
        async (connection, cancel) =>
        {
            while (await IsAtWorkAsync(connection, lostBackend, cancel))
                await Task.Delay(BackendPoll, clock, cancel);
            return await HistoryQueries.DurationsAsync(connection, last, stamp, cancel);
        },
        stamp.Scope, epoch);

    /// <summary>Whether a backend that was there before this session still works: its number may be another's by now.</summary>
    private static async Task<bool> IsAtWorkAsync(NpgsqlConnection connection, int backend, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.lost_backend */
            SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1 AND state <> 'idle' AND backend_start < (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()))
            """,
            connection) { Parameters = { new() { Value = backend } } };
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    /// <summary>Whether the server has been up since the lease was taken, so that only the connection was cut.</summary>
    public async Task<bool> ServedThroughoutAsync(long epoch, CancellationToken cancel)
    {
        try
        {
            await using var command = new NpgsqlCommand(
                "/* lk:migrate.served_throughout */ SELECT coalesce(bool_and(pg_postmaster_start_time() < since), false) FROM lockkeeper.lease WHERE epoch = $1", await ConnectionAsync(cancel))
            { Parameters = { new() { Value = epoch } } };
            return await command.ExecuteScalarAsync(cancel) is true;
        }
        catch (Exception e) when (ServerErrors.IsServerError(e) || e is LockkeeperException)
        {
            return false;
        }
    }

    /// <summary>Whether another runner took over while this one was away: it ends the session in which a statement could still be sent. False when nobody answers.</summary>
    public async Task<bool> LostLeaseAsync(string scope, long epoch, CancellationToken cancel)
    {
        try
        {
            await using var command = new NpgsqlCommand("/* lk:migrate.lost_lease */ SELECT EXISTS (SELECT FROM lockkeeper.lease WHERE scope = $1 AND epoch = $2)", await ConnectionAsync(cancel))
            { Parameters = { new() { Value = scope }, new() { Value = epoch } } };
            return await command.ExecuteScalarAsync(cancel) is false;
        }
        catch (Exception e) when (ServerErrors.IsServerError(e) || e is LockkeeperException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Asks over a new connection once the old backend is gone.</summary>
    /// <remarks>
    /// The old backend may still be at work. It holds the lease row FOR SHARE until it ends, so locking that row FOR UPDATE first waits for it.
    /// </remarks>
    private async Task<T?> AnswerAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> ask, string scope, long epoch)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, clock);
        while (true)
        {
            try
            {
                var fresh = await ConnectionAsync(limit.Token);
                await using var batch = new NpgsqlBatch(fresh)
                {
                    BatchCommands =
                    {
                        new NpgsqlBatchCommand("BEGIN"),
                        HistoryQueries.With("/* lk:migrate.wait_for_backend */ SELECT FROM lockkeeper.lease WHERE scope = $2 AND epoch = $1 FOR UPDATE", epoch, scope),
                        new NpgsqlBatchCommand("COMMIT"),
                    },
                };
                await batch.ExecuteNonQueryAsync(limit.Token);
                return await ask(fresh, limit.Token);
            }
            catch (Exception e) when (ServerErrors.IsServerError(e) || e is LockkeeperException)
            {
                if (limit.IsCancellationRequested)
                    return default;
                await Task.Delay(TimeSpan.FromMilliseconds(500), clock, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return default;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Watcher.DisposeAsync();
        if (connection is not null)
            await connection.DisposeAsync();
    }
}

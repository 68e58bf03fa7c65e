using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.Leases;

/// <summary>
/// One writer a target: a row with an epoch, kept alive by a heartbeat and checked by <c>lockkeeper.fence(epoch)</c> inside each transaction that
/// changes something. No session lock, so it works through PgBouncer in transaction mode and never blocks CREATE INDEX CONCURRENTLY.
/// </summary>
/// <remarks>
/// A killed holder is known at once when its backend is gone from pg_stat_activity, else (through a pooler) when its heartbeat is older than the
/// time to live. A holder that was only paused finds its epoch gone and is stopped by the fence.
/// </remarks>
public sealed class Lease : IAsyncDisposable
{
    /// <summary>How long a lease lives without a heartbeat.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    private readonly LeasePlace place;
    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenSource lost = new();
    private readonly TimeProvider clock;
    private NpgsqlConnection connection;
    private Task beating = Task.CompletedTask;

    private Lease(LeasePlace place, NpgsqlConnection connection, long epoch, TimeProvider clock)
    {
        this.place = place;
        this.connection = connection;
        this.clock = clock;
        Epoch = epoch;
    }

    /// <summary>The number that the fence checks.</summary>
    public long Epoch { get; }

    /// <summary>Fires when the lease could not be kept: the work must stop.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>Takes the lease, waiting for another holder.</summary>
    /// <param name="place">What it is for; <see cref="LeaseTables"/> are there.</param>
    /// <param name="holder">Who takes it, for others to read.</param>
    /// <param name="wait">How long to wait for another holder.</param>
    /// <param name="progress">Hears for whom it waits.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="LockkeeperException"><see cref="PostgreSqlErrors.LeaseHeld"/> when the wait is over.</exception>
    public static async Task<Lease> TakeAsync(LeasePlace place, string holder, TimeSpan wait, IProgressSink progress, TimeProvider clock, CancellationToken cancel)
    {
        var session = await place.OpenAsync(cancel);
        try
        {
            var started = clock.GetTimestamp();
            var told = false;
            // Most leases are free: that is tried first. Whoever waits looks before each further try, which would lock the holder's row for a moment.
            LeaseHolder? other = null;
            while (true)
            {
                if (other is not { Alive: true } && await LeaseQueries.TryTakeAsync(session, place.Scope, holder, TimeToLive, cancel) is { } epoch)
                {
                    progress.Now(null);
                    var lease = new Lease(place, session, epoch, clock);
                    lease.beating = lease.BeatAsync();
                    return lease;
                }

                other = await LeaseQueries.ReadAsync(session, place.Scope, cancel);
                if (clock.GetElapsedTime(started) >= wait)
                    throw Held(place, other);
                if (other is not null)
                {
                    if (!told)
                        progress.Say($"{place.Name} is being changed by {other.Words}; waiting");
                    told = true;
                    progress.Now($"waiting for {other.Words} ({Durations.Words(clock.GetElapsedTime(started))})");
                }

                await Task.Delay(PollInterval, clock, cancel);
            }
        }
        catch (Exception e)
        {
            await session.DisposeAsync();
            if (ServerErrors.IsServerError(e))
                throw ServerErrors.Translate(e, place.Server.Name);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await beating;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), clock);
            await LeaseQueries.FreeAsync(connection, place.Scope, Epoch, limit.Token);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e) || e is OperationCanceledException or InvalidOperationException)
        {
            // The lease ends by itself: the backend is gone, or the heartbeat grows too old.
        }

        await place.CloseAsync(connection);
        ended.Dispose();
        lost.Dispose();
    }

    private static LockkeeperException Held(LeasePlace place, LeaseHolder? other) => new(
        PostgreSqlErrors.LeaseHeld, $"{place.Name} is being changed by {other?.Words ?? "another runner"}",
        "Wait until it is done, or give a longer --lock-timeout. A holder that died frees the lease by itself.");

    private async Task BeatAsync()
    {
        var lastBeat = clock.GetTimestamp();
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(BeatInterval, clock, ended.Token);
                if (!await LeaseQueries.BeatAsync(connection, place.Scope, Epoch, ended.Token))
                {
                    await lost.CancelAsync();
                    return;
                }

                lastBeat = clock.GetTimestamp();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (ServerErrors.IsServerError(e) || e is LockkeeperException or InvalidOperationException)
            {
                // A cut heartbeat connection is opened again; past the time to live another runner may have taken over.
                if (clock.GetElapsedTime(lastBeat) > TimeToLive)
                {
                    await lost.CancelAsync();
                    return;
                }

                await ReconnectAsync();
            }
        }
    }

    private async Task ReconnectAsync()
    {
        try
        {
            var fresh = await place.Server.OpenAsync(ended.Token);
            await LeaseQueries.AdoptBackendAsync(fresh, place.Scope, Epoch, ended.Token);
            await connection.DisposeAsync();
            connection = fresh;
        }
        catch (Exception e) when (ServerErrors.IsServerError(e) || e is LockkeeperException or OperationCanceledException)
        {
            // The next beat tries again.
        }
    }
}

using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>
/// Watches one try of a migration from a connection of its own: who keeps a lock from it, and how many wait behind it. When more wait than the budget
/// allows, the token that the try runs under is cancelled, and with it the statement on the server.
/// </summary>
/// <remarks>
/// Most migrations end before the first look; then nothing is opened. The statement is cancelled through the client's own connection, never by a backend's number: behind a
/// pooler that number may be somebody else's a moment later.
/// </remarks>
internal sealed class LockWatch : IAsyncDisposable
{
    /// <summary>The time between two looks.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>A migration that ends before is not looked at; opening a connection would cost more than many a migration.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(150);

    private readonly WatcherConnection watcher;
    private readonly LocksConfig config;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenSource given;
    private readonly long started;
    private Task watching = Task.CompletedTask;

    /// <param name="watcher">The connection.</param>
    /// <param name="config">The budget.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancel">Cancels the try.</param>
    public LockWatch(WatcherConnection watcher, LocksConfig config, TimeProvider clock, CancellationToken cancel)
    {
        (this.watcher, this.config, this.clock) = (watcher, config, clock);
        given = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        started = clock.GetTimestamp();
    }

    /// <summary>What the try runs under: the caller's token, and fires too when the locks are to be given up.</summary>
    public CancellationToken Token => given.Token;

    /// <summary>Why the locks were given up, a phrase; null when they were not.</summary>
    public string? GivenUp { get; private set; }

    /// <summary>The time since the try began.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(started);

    /// <summary>Begins to look at a backend.</summary>
    /// <param name="backend">Its number.</param>
    /// <param name="transaction">When its transaction began, where the backend is ours only as long as that lasts; null when it is ours anyway.</param>
    /// <param name="lockTimeout">How long the statements wait for a lock: the first look comes before that is over.</param>
    /// <param name="recorder">Takes what is seen of the transaction that began then.</param>
    /// <param name="termination">Ends who is in the way, by the policy; null to end nobody.</param>
    /// <param name="news">Tells who is in the way; null to tell nobody.</param>
    public void Start(int backend, DateTime? transaction, TimeSpan lockTimeout, Func<DateTime?, LockRecorder> recorder, BlockerTermination? termination = null, BlockingNews? news = null) =>
        watching = WatchAsync(backend, transaction, 0.6 * lockTimeout < FirstLook ? 0.6 * lockTimeout : FirstLook, recorder, termination, news);

    /// <summary>Ends it; after that nothing is cancelled any more.</summary>
    public async Task StopAsync()
    {
        await ended.CancelAsync();
        await watching;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        ended.Dispose();
        given.Dispose();
    }

    private async Task WatchAsync(int backend, DateTime? transaction, TimeSpan first, Func<DateTime?, LockRecorder> recorder, BlockerTermination? termination, BlockingNews? news)
    {
        // Nearly every migration ends before: that is no exception, which would cost more than many a migration. After a missed try the connection is there, and each look counts.
        if (!watcher.IsOpen)
            await Task.Delay(first, clock, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            long? tooMany = null;
            while (!ended.IsCancellationRequested)
            {
                var connection = await watcher.OpenAsync(ended.Token);
                // A look is not cancelled: that would cost the server a connection, and the look takes a few milliseconds.
                var sample = await LockSample.ReadAsync(connection, backend, CancellationToken.None);
                if (transaction is not null && sample.TransactionStart != transaction)
                    return;
                var into = recorder(sample.TransactionStart);
                into.Add(sample, Elapsed);
                news?.Add(sample, backend);
                if (termination is not null)
                    await termination.LookAsync(connection, sample, into);
                tooMany = sample.Waiting > config.MaxWaiting ? tooMany ?? clock.GetTimestamp() : null;
                if (tooMany is { } since && clock.GetElapsedTime(since) >= config.For && !ended.IsCancellationRequested)
                {
                    GivenUp = $"more than {config.MaxWaiting} sessions waited behind it for {Durations.Words(config.For)} ({sample.Waiting} at the end, the longest for {Durations.Words(sample.Stalled[0].Waited)})";
                    await given.CancelAsync();
                    return;
                }

                await Task.Delay(Interval, clock, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        catch (OperationCanceledException)
        {
            // The try ended while the connection was opened.
        }
        catch (Exception e) when (e is LockkeeperException || ServerErrors.IsServerError(e))
        {
            // Nothing of the migration depends on it; that nobody watched is told with it.
            recorder(transaction).NotWatched = e.Message;
        }
    }
}

using System.Runtime;

namespace Lockkeeper.Observe.Exporting;

/// <summary>Makes one scrape of those that ask for the same target at the same time.</summary>
/// <remarks>Each scrape ends at its deadline whatever the server does, so nobody who waits here waits for longer than that: a gate that only refuses the second one has been seen to stay shut for an hour.</remarks>
internal sealed class SharedScrape(ITargetMonitor monitor) : IAsyncDisposable
{
    /// <summary>From so many samples on the collection costs far less than reading them did: 20 ms beside half a second.</summary>
    private const int Large = 50_000;

    private readonly Lock gate = new();
    private readonly CancellationTokenSource closing = new();
    private Task<Snapshot>? running;

    public async Task<Snapshot> ScrapeAsync(TimeSpan deadline, CancellationToken cancel)
    {
        Task<Snapshot> mine;
        lock (gate)
        {
            if (running is null or { IsCompleted: true })
                running = Task.Run(() => ScrapeTidilyAsync(deadline), closing.Token);
            mine = running;
        }

        // Whoever goes away does not take the scrape from the others.
        return await mine.WaitAsync(cancel);
    }

    /// <summary>What a large scrape leaves behind is cleared away at once: arrays of tens of kilobytes live until the next full collection, which would otherwise come when they take many times the room of what is in use.</summary>
    private async Task<Snapshot> ScrapeTidilyAsync(TimeSpan deadline)
    {
        var snapshot = await monitor.ScrapeAsync(deadline, closing.Token);
        if (snapshot.Values.Count < Large)
            return snapshot;
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return snapshot;
    }

    public string? StatementText(string queryId) => monitor.StatementText(queryId);

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        if (running is { } last)
            await last.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await monitor.DisposeAsync();
        closing.Dispose();
    }
}

namespace Lockkeeper.Server.Web;

/// <summary>Gives memory back after busy times. The runtime collects when something is allocated, so a server at rest would keep what its last burst of work took until the next one.</summary>
internal sealed class RestingMemory : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    /// <summary>Less than that in one round is rest: a scrape, a look at one page.</summary>
    private const long Quiet = 16 << 20;

    /// <summary>After less than that there is nothing to give back.</summary>
    private const long Worth = 64 << 20;

    private readonly CancellationTokenSource stopping = new();
    private readonly Task loop;

    /// <summary>Begins to look.</summary>
    /// <param name="clock">The clock.</param>
    public RestingMemory(TimeProvider clock) => loop = RunAsync(clock);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await loop;
        stopping.Dispose();
    }

    private async Task RunAsync(TimeProvider clock)
    {
        var (last, given) = (0L, 0L);
        while (true)
        {
            await Task.Delay(Every, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
                return;
            var now = GC.GetTotalAllocatedBytes();
            if (now - last < Quiet && now - given > Worth)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                given = now;
            }

            last = now;
        }
    }
}

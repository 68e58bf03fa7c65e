using Lockkeeper.Kernel.Errors;
using Lockkeeper.Observe.Exporting;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.Targets;

namespace Lockkeeper.Observe.PostgreSql.Backups;

/// <summary>What a look at backups has shown.</summary>
/// <param name="Status">What there is.</param>
/// <param name="At">When it was looked.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record BackupLookResult(BackupStatus Status, DateTimeOffset At, TimeSpan Duration);

/// <summary>Watches the backups of a cluster. A look runs programs on its host and may take longer than a scrape waits, so it goes on by itself, and scrapes have what the last one has shown.</summary>
/// <param name="target">The target.</param>
/// <param name="lookAsync">Looks.</param>
/// <param name="clock">The clock.</param>
internal sealed class BackupMonitor(MonitoredTarget target, Func<CancellationToken, Task<BackupStatus>> lookAsync, TimeProvider clock) : ITargetMonitor
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource closing = new();
    private BackupLookResult? last;
    private string? reason;
    private long lookedAt;
    private Task? look;

    public async Task<Snapshot> ScrapeAsync(TimeSpan deadline, CancellationToken cancel)
    {
        var (at, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        if (look is null || (look.IsCompleted && clock.GetElapsedTime(lookedAt) >= Interval))
        {
            lookedAt = started;
            look = LookAsync();
        }

        // Waiting goes by real time, like the look itself.
        await Task.WhenAny(look, Task.Delay(deadline, cancel));
        cancel.ThrowIfCancellationRequested();

        var why = look.IsCompleted ? Volatile.Read(ref reason) : Volatile.Read(ref last) is null ? Unavailable.Deadline : null;
        var samples = new SampleSet();
        samples.Add(BackupMetrics.Up, why is null ? 1 : 0);
        if (why is null && Volatile.Read(ref last) is { } result)
            BackupMetrics.Add(samples, result, at);
        if (why is not null)
        {
            samples.Add(ScrapeMetrics.Down, 1, why);
            foreach (var metric in BackupMetrics.All.Where(metric => metric != BackupMetrics.Up))
                samples.Add(ScrapeMetrics.Missing, 1, metric.Name, why, "");
        }

        var duration = clock.GetElapsedTime(started);
        samples.Add(ScrapeMetrics.Duration, duration.TotalSeconds);
        samples.Add(ScrapeMetrics.At, at.ToUnixTimeMilliseconds() / 1000.0);
        samples.Add(ScrapeMetrics.Samples, samples.Count + 1);
        return new Snapshot(target, at, duration, why is null, samples);
    }

    public string? StatementText(string queryId) => null;

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        if (look is { } running)
            await running;
        closing.Dispose();
    }

    private async Task LookAsync()
    {
        var (at, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        try
        {
            var status = await lookAsync(closing.Token);
            Volatile.Write(ref last, new BackupLookResult(status, at, clock.GetElapsedTime(started)));
            Volatile.Write(ref reason, null);
        }
        catch (LockkeeperException e)
        {
            Volatile.Write(ref reason, Unavailable.Of(e));
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            Volatile.Write(ref reason, Unavailable.Deadline);
        }
    }
}

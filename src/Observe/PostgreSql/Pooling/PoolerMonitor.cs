using Lockkeeper.Engines.PostgreSql.Pooling;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Observe.Exporting;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.Targets;

namespace Lockkeeper.Observe.PostgreSql.Pooling;

/// <summary>Reads one PgBouncer over one session with its console, which stays open. The console takes us even when max_client_conn is reached (client.c).</summary>
internal sealed class PoolerMonitor(MonitoredTarget target, TimeProvider clock, Redactor redactor) : ITargetMonitor
{
    private AdminConsole? console;

    public async Task<Snapshot> ScrapeAsync(TimeSpan deadline, CancellationToken cancel)
    {
        var (at, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        using var limit = new CancellationTokenSource(deadline, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        string? reason = null;
        var samples = new SampleSet();
        List<MetricDescription> missing = [];
        try
        {
            await ReadAsync(samples, missing, both.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            reason = Unavailable.Deadline;
        }
        catch (LockkeeperException e)
        {
            reason = Unavailable.Of(e);
        }

        if (reason is not null)
        {
            // Half of an answer looks like all of it, and the session may be in the middle of the other half.
            await CloseAsync();
            (samples, missing) = (new SampleSet(), [.. PoolerMetrics.All.Where(metric => metric != PoolerMetrics.Up)]);
            samples.Add(ScrapeMetrics.Down, 1, reason);
        }

        var duration = clock.GetElapsedTime(started);
        samples.Add(PoolerMetrics.Up, reason is null ? 1 : 0);
        foreach (var metric in missing)
            samples.Add(ScrapeMetrics.Missing, 1, metric.Name, reason ?? Unavailable.ServerVersion, "");
        samples.Add(ScrapeMetrics.Duration, duration.TotalSeconds);
        samples.Add(ScrapeMetrics.At, at.ToUnixTimeMilliseconds() / 1000.0);
        samples.Add(ScrapeMetrics.Connections, console is null ? 0 : 1);
        samples.Add(ScrapeMetrics.Samples, samples.Count + 1);
        return new Snapshot(target, at, duration, reason is null, samples);
    }

    public string? StatementText(string queryId) => null;

    public ValueTask DisposeAsync() => CloseAsync();

    private async Task ReadAsync(SampleSet samples, List<MetricDescription> missing, CancellationToken cancel)
    {
        var kept = console is not null;
        console ??= await AdminConsole.OpenAsync(await target.UrlAsync(cancel), redactor, cancel);
        ConsoleTable version;
        try
        {
            version = await console.AskAsync("SHOW VERSION", cancel);
        }
        catch (LockkeeperException) when (kept)
        {
            // The pooler was restarted since the last scrape: that is not down.
            await CloseAsync();
            console = await AdminConsole.OpenAsync(await target.UrlAsync(cancel), redactor, cancel);
            version = await console.AskAsync("SHOW VERSION", cancel);
        }

        // "PgBouncer 1.18.0"
        samples.Add(PoolerMetrics.Version, 1, version.Rows is [[{ } text, ..], ..] ? text.Split(' ')[^1] : "");
        foreach (var table in PoolerMetrics.Tables)
            missing.AddRange(table.Read(await console.AskAsync(table.Command, cancel), samples));
    }

    private async ValueTask CloseAsync()
    {
        if (console is { } open)
            await open.DisposeAsync();
        console = null;
    }
}

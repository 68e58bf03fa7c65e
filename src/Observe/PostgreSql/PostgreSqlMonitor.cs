using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Observe.Exporting;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.Targets;

namespace Lockkeeper.Observe.PostgreSql;

/// <summary>Reads one PostgreSQL server: one statement at a time, over one connection a database.</summary>
/// <remarks>
/// It cannot make matters worse: no lock is waited for, each statement has a limit, the scrape ends at its deadline even when the server does not answer, and while something of ours is still
/// under way nothing else is sent. What was not reached in one scrape is the first of the next.
/// </remarks>
internal sealed class PostgreSqlMonitor(MonitoredTarget target, TimeProvider clock, Redactor redactor) : ITargetMonitor
{
    private readonly WatchedDatabases databases = new(target, clock, redactor);
    private Task underWay = Task.CompletedTask;

    public async Task<Snapshot> ScrapeAsync(TimeSpan deadline, CancellationToken cancel)
    {
        var (at, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        var scrape = new ScrapeState(started);
        if (underWay.IsCompleted)
        {
            using var limit = new CancellationTokenSource(deadline, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
            underWay = ReadAsync(scrape, both.Token);
            try
            {
                // The driver takes seconds of its own to give up on a server that has gone silent.
                await underWay.WaitAsync(both.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                scrape.End(Unavailable.Deadline);
            }
            catch (LockkeeperException e)
            {
                scrape.End(Unavailable.Of(e));
            }
        }
        else
        {
            scrape.End(Unavailable.Deadline);
        }

        var duration = clock.GetElapsedTime(started);
        return new Snapshot(target, at, duration, scrape.IsUp, ScrapeSamples.Of(scrape, databases, duration, at));
    }

    public string? StatementText(string queryId) => long.TryParse(queryId, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) ? databases.Texts.Of(id) : null;

    public async ValueTask DisposeAsync()
    {
        await underWay.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await databases.DisposeAsync();
    }

    private async Task ReadAsync(ScrapeState scrape, CancellationToken cancel)
    {
        var main = databases.Main;
        await main.Session.OpenAsync(cancel);
        scrape.Can = await main.Session.WithinLimitsAsync(() => CapabilitiesAsync(main, cancel), cancel);
        await RunAsync(databases.ServerRuns, main, scrape.Can, cancel);
        foreach (var database in await databases.DueAsync(scrape.Can, cancel))
        {
            try
            {
                await ReadDatabaseAsync(database, scrape, cancel);
            }
            catch (LockkeeperException e)
            {
                database.Reason = Unavailable.Of(e);
            }
        }
    }

    private async Task ReadDatabaseAsync(WatchedDatabase database, ScrapeState scrape, CancellationToken cancel)
    {
        await database.Session.OpenAsync(cancel);
        var can = ReferenceEquals(database, databases.Main) ? scrape.Can! : await database.Session.WithinLimitsAsync(() => CapabilitiesAsync(database, cancel), cancel);
        database.Reason = null;
        await RunAsync(database.Runs, database, can, cancel);
        if (!databases.Keeps(database))
            await database.Session.CloseAsync();
    }

    private static async Task<Capabilities> CapabilitiesAsync(WatchedDatabase database, CancellationToken cancel)
    {
        try
        {
            return await Capabilities.ReadAsync(database.Session.Connection, cancel);
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, database.Name);
        }
    }

    /// <summary>Those that have waited for longest come first, so that a deadline never cuts off the same ones.</summary>
    private static async Task RunAsync(IEnumerable<CollectorRun> runs, WatchedDatabase database, Capabilities can, CancellationToken cancel)
    {
        foreach (var run in runs.Where(run => run.IsDue).OrderBy(run => run.Last?.EndedAt ?? long.MinValue).ToList())
        {
            cancel.ThrowIfCancellationRequested();
            if (run.Collector.Metrics.All(metric => can.WhyNot(metric) is not null))
                continue;
            await run.RunAsync(database.Session, can, cancel);
        }
    }
}

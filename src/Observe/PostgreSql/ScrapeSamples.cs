using Lockkeeper.Observe.Metrics;

namespace Lockkeeper.Observe.PostgreSql;

/// <summary>Puts together what a snapshot holds: what the collectors gave, what is missing and why, and what it cost.</summary>
internal static class ScrapeSamples
{
    public static SampleSet Of(ScrapeState scrape, WatchedDatabases databases, TimeSpan duration, DateTimeOffset at)
    {
        var samples = new SampleSet();
        samples.Add(ScrapeMetrics.Up, scrape.IsUp ? 1 : 0);
        samples.Add(ScrapeMetrics.Duration, duration.TotalSeconds);
        samples.Add(ScrapeMetrics.At, at.ToUnixTimeMilliseconds() / 1000.0);
        if (!scrape.IsUp)
            samples.Add(ScrapeMetrics.Down, 1, scrape.Reason ?? Unavailable.Failed);
        var missing = new Dictionary<(string Metric, string Database), string>();
        var all = databases.All;
        foreach (var run in databases.ServerRuns)
            Add(samples, missing, run, scrape, scrape.Reason);
        foreach (var database in all)
        {
            foreach (var run in database.Runs)
                Add(samples, missing, run, scrape, database.Reason ?? scrape.Reason);
        }

        foreach (var ((metric, database), reason) in missing)
            samples.Add(ScrapeMetrics.Missing, 1, metric, reason, database);
        samples.Add(ScrapeMetrics.Connections, (databases.Main.Session.IsOpen ? 1 : 0) + all.Count(database => !ReferenceEquals(database, databases.Main) && database.Session.IsOpen));
        samples.Add(ScrapeMetrics.Samples, samples.Count + 1);
        return samples;
    }

    private static void Add(SampleSet samples, Dictionary<(string Metric, string Database), string> missing, CollectorRun run, ScrapeState scrape, string? broken)
    {
        // What should have been read anew and was not is not given out as if it was.
        var outcome = run.Last is { } last && last.EndedAt < scrape.StartedAt && run.IsDue ? null : run.Last;
        var labels = new[] { run.Collector.Name, run.Database };
        foreach (var metric in run.Collector.Metrics)
        {
            if (scrape.Can?.WhyNot(metric) is { } never && never != Unavailable.MissingExtension)
                missing[(metric.Name, "")] = never;
            else if (scrape.Can is null || (outcome is null && broken is not null))
                missing[(metric.Name, scrape.Can is null ? "" : run.Database)] = broken ?? Unavailable.Failed;
            else if (outcome is null)
                missing[(metric.Name, run.Database)] = scrape.Can.WhyNot(metric) ?? Unavailable.Deadline;
            else if (outcome.Reason is not null)
                missing[(metric.Name, run.Database)] = outcome.Reason;
        }

        if (outcome is null || !scrape.IsUp)
            return;
        foreach (var (metric, reason) in outcome.Missing)
            missing[(metric.Name, run.Database)] = reason;
        samples.Add(outcome.Samples);
        samples.Of(ScrapeMetrics.CollectorDuration).Add(outcome.Duration.TotalSeconds, labels);
        samples.Of(ScrapeMetrics.CollectorAge).Add(run.Age.TotalSeconds, labels);
        samples.Of(ScrapeMetrics.CollectorSuccess).Add(outcome.Reason is null ? 1 : 0, labels);
        samples.Of(ScrapeMetrics.CollectorHeldBack).Add(run.IsHeldBack && !run.IsDue ? 1 : 0, labels);
        samples.Of(ScrapeMetrics.CollectorFailures).Add(run.Failures, labels);
    }
}

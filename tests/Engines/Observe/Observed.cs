using Lockkeeper.Kernel.Processes;
using Lockkeeper.Observe.Exporting;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.PostgreSql;
using Lockkeeper.Observe.Targets;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary>A server as the exporter sees it, in this process.</summary>
internal sealed class Observed(string url, bool allDatabases = false) : IAsyncDisposable
{
    private readonly PostgreSqlMonitor monitor = new(
        new MonitoredTarget(_ => Task.FromResult(url)) { Name = "t", Engine = "postgres", Labels = [new("target", "t")], AllDatabases = allDatabases }, TimeProvider.System, new Redactor());

    public Task<Snapshot> ScrapeAsync(TimeSpan? deadline = null) => monitor.ScrapeAsync(deadline ?? TimeSpan.FromMinutes(1), CancellationToken.None);

    public string? StatementText(string queryId) => monitor.StatementText(queryId);

    public ValueTask DisposeAsync() => monitor.DisposeAsync();

    /// <summary>Scrapes once.</summary>
    public static async Task<Snapshot> OnceAsync(string url, bool allDatabases = false)
    {
        await using var observed = new Observed(url, allDatabases);
        return await observed.ScrapeAsync();
    }
}

/// <summary>Looks into a snapshot.</summary>
internal static class SnapshotSearch
{
    /// <summary>The one value of a metric with these labels; null when there is none.</summary>
    public static double? Value(this Snapshot snapshot, string metric, params (string Label, string Value)[] labels) =>
        snapshot.Find(metric, labels).Select(sample => (double?)sample.Value).SingleOrDefault();

    /// <summary>The values of a metric with these labels.</summary>
    public static IEnumerable<Sample> Find(this Snapshot snapshot, string metric, params (string Label, string Value)[] labels) => snapshot.SamplesOf(metric).Where(sample => labels.All(label => sample.Label(label.Label) == label.Value));

    public static string Label(this Sample sample, string name) => sample.Labels[sample.Metric.Labels.Index().First(label => label.Item == name).Index];

    /// <summary>Why a metric is missing; null when it is not.</summary>
    public static string? WhyMissing(this Snapshot snapshot, string metric) => snapshot.Find("lockkeeper_metric_unavailable", ("metric", metric)).Select(sample => sample.Label("reason")).FirstOrDefault();

    /// <summary>What is missing for other reasons than that such a server does not have it.</summary>
    public static IEnumerable<string> MissingAgainstNature(this Snapshot snapshot) => snapshot.SamplesOf("lockkeeper_metric_unavailable")
        .Where(sample => sample.Label("reason") is not ("server_version" or "primary_only" or "standby_only"))
        .Select(sample => $"{sample.Label("metric")}: {sample.Label("reason")}");
}

using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Anomalies;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Watching;

/// <summary>Looks for what is unusual every ten minutes, beside the rounds: each anomaly is a series of its own, so that a rule tells of it as of everything else.</summary>
/// <param name="open">Opens the store anew: a search reads weeks, and nothing is to wait for it.</param>
/// <param name="rates">What is compared.</param>
/// <param name="workspace">The surroundings.</param>
internal sealed class AnomalyWatch(Func<IWatchStore> open, IReadOnlyList<WatchedRate> rates, Workspace workspace)
{
    /// <summary>The owner of the series in the history.</summary>
    public const string Owner = "anomalies";

    /// <summary>A search may take this part of the time: after one of a minute the next is twenty minutes later.</summary>
    private const double MostOfTheTime = 0.05;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(RateBuckets.Span);

    /// <summary>The metric. Its labels stay the same as long as the anomaly lasts; numbers stand in the sentence.</summary>
    public static readonly MetricDescription Metric = new(
        "lockkeeper_anomaly", MetricKind.Gauge, "How many spreads a rate is away from what is usual at this hour of the week; there is a series while it is, of at most five at a time.", "target", "environment", "subject", "rate", "direction") { Topic = "watch" };

    private Task<IReadOnlyList<Told>>? search;
    private IReadOnlyList<Told>? told;
    private long dueAt = long.MinValue;
    private long startedAt;

    /// <summary>Whether a search has ended since the start: before, what was unusual still is as far as anybody knows.</summary>
    public bool IsKnown => told is not null;

    /// <summary>What is unusual, in the metric's labels.</summary>
    public IEnumerable<VectorSample> Samples => (told ?? []).Select(one => new VectorSample(one.Labels, one.Strength));

    /// <summary>The values of the metric, as labels in its order.</summary>
    public IEnumerable<(double Value, string[] Labels)> Values => (told ?? []).Select(one => (one.Strength, Metric.Labels.Select(name => one.Labels[name]).ToArray()));

    /// <summary>Takes what a search has found, and begins the next one when it is time.</summary>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="LockkeeperException">The history cannot be read (LK6102).</exception>
    public void Look(CancellationToken cancel)
    {
        var clock = workspace.Clock;
        if (search is { IsCompleted: true } ended)
        {
            search = null;
            var rest = clock.GetElapsedTime(startedAt) / MostOfTheTime;
            dueAt = clock.GetTimestamp() + (long)((rest > Pause ? rest : Pause).TotalSeconds * clock.TimestampFrequency);
            told = ended.GetAwaiter().GetResult();
        }

        if (search is not null || clock.GetTimestamp() < dueAt)
            return;
        startedAt = clock.GetTimestamp();
        search = Task.Run(() => SearchAsync(clock.GetUtcNow(), cancel), cancel);
    }

    /// <summary>The whole sentence of an anomaly in the place of its alert's.</summary>
    public Alert Explained(Alert alert) => told?.FirstOrDefault(one => one.Labels.WithoutMetric().Equals(alert.Labels)) is { } one ? alert with { Summary = one.Sentence } : alert;

    private async Task<IReadOnlyList<Told>> SearchAsync(DateTimeOffset now, CancellationToken cancel)
    {
        using var store = open();
        var verdict = AnomalySearch.Run(store.Source(RateBuckets.Span), rates, now);
        var deploys = verdict.Found.Count == 0 ? [] : await DeployBefore.ReadAsync(workspace.Ledger, cancel);
        return [.. verdict.Found.Select(one => new Told(
            LabelSet.Of(Metric.Name, ("target", one.Labels["target"]), ("environment", one.Labels["environment"]), ("subject", AnomalyText.Subject(one)), ("rate", one.Rate.What), ("direction", one.Strength < 0 ? "below" : "above")),
            Math.Abs(one.Strength), AnomalyText.Of(one, AnomalyText.Before(one, deploys), now)))];
    }

    private sealed record Told(LabelSet Labels, double Strength, string Sentence);
}

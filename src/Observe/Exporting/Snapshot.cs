using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.Targets;

namespace Lockkeeper.Observe.Exporting;

/// <summary>What one scrape of one target has found. It does not change any more.</summary>
public sealed class Snapshot
{
    internal Snapshot(MonitoredTarget target, DateTimeOffset at, TimeSpan duration, bool isUp, SampleSet values) =>
        (Target, At, Duration, IsUp, Values) = (target, at, duration, isUp, values);

    /// <summary>The target. Its <see cref="MonitoredTarget.Labels"/> belong to every sample.</summary>
    public MonitoredTarget Target { get; }

    /// <summary>When the scrape began.</summary>
    public DateTimeOffset At { get; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Whether the target answered; <c>pg_up</c> says the same.</summary>
    public bool IsUp { get; }

    /// <summary>All samples, metric by metric.</summary>
    public IEnumerable<Sample> Samples => Values.All();

    /// <summary>The samples of one metric.</summary>
    /// <param name="name">Its name.</param>
    public IEnumerable<Sample> SamplesOf(string name) => Values.All(name);

    internal SampleSet Values { get; }
}

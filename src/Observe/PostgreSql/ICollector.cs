using Lockkeeper.Observe.Metrics;
using Npgsql;

namespace Lockkeeper.Observe.PostgreSql;

/// <summary>Whether a collector asks once a server or once a database.</summary>
internal enum CollectorScope
{
    Server,
    Database,
}

/// <summary>Reads the metrics of one topic. There is one object for each server or database, so it may keep what it has read before.</summary>
internal interface ICollector
{
    /// <summary>The topic; a lower-case word with underscores.</summary>
    string Name { get; }

    CollectorScope Scope { get; }

    /// <summary>How long its values stay good enough; between, they are given out again. Zero for every scrape.</summary>
    TimeSpan Interval => TimeSpan.Zero;

    /// <summary>Everything that it can give.</summary>
    IReadOnlyList<MetricDescription> Metrics { get; }

    /// <summary>Reads. A metric that the server or role does not have is left out: whoever calls knows that from its description.</summary>
    Task CollectAsync(CollectorCall call, CancellationToken cancel);
}

/// <summary>One reading.</summary>
/// <param name="Session">The connection.</param>
/// <param name="Can">What can be read there.</param>
/// <param name="Samples">Where the values go.</param>
/// <param name="Clock">The clock.</param>
internal sealed record CollectorCall(DatabaseSession Session, Capabilities Can, SampleSet Samples, TimeProvider Clock)
{
    public NpgsqlConnection Connection => Session.Connection;

    /// <summary>What the collector gave the time before; null for nothing.</summary>
    public SampleSet? Before { get; init; }

    /// <summary>The labels of a row: those of the time before where they are the same. Of ten thousand tables nearly all are, and then the new ones are gone at once.</summary>
    /// <param name="metric">A metric that each row has.</param>
    /// <param name="place">How many rows there were before this one.</param>
    /// <param name="row">The labels.</param>
    public string[] Known(MetricDescription metric, int place, string[] row) =>
        Before?.Of(metric.Name) is [var values] && place < values.Values.Count && values.Values[place].Labels is var known && known.AsSpan().SequenceEqual(row) ? known : row;

    /// <summary>Metrics that turned out not to be readable, with the reason.</summary>
    public List<(MetricDescription Metric, string Reason)> Missing { get; } = [];
}

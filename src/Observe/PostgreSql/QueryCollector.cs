using Lockkeeper.Observe.Metrics;

namespace Lockkeeper.Observe.PostgreSql;

/// <summary>A collector that is nothing but queries.</summary>
internal sealed class QueryCollector(string name, CollectorScope scope, params MetricQuery[] queries) : ICollector
{
    public string Name => name;

    public CollectorScope Scope => scope;

    public TimeSpan Interval { get; init; }

    public IReadOnlyList<MetricDescription> Metrics { get; } = [.. queries.SelectMany(query => query.Metrics)];

    public async Task CollectAsync(CollectorCall call, CancellationToken cancel)
    {
        foreach (var query in queries)
            await query.RunAsync(call, cancel);
    }
}

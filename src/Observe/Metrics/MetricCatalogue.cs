using Lockkeeper.Observe.PostgreSql;
using Lockkeeper.Observe.PostgreSql.Backups;
using Lockkeeper.Observe.PostgreSql.Collectors;
using Lockkeeper.Observe.PostgreSql.Pooling;
using Lockkeeper.Observe.Watching;

namespace Lockkeeper.Observe.Metrics;

/// <summary>Every metric that the exporter can give.</summary>
public static class MetricCatalogue
{
    /// <summary>All of them, topic by topic. A name with a <c>*</c> at its end stands for many.</summary>
    public static IReadOnlyList<MetricDescription> All { get; } = [.. ScrapeMetrics.All, .. AllCollectors.Create(new StatementTexts()).SelectMany(collector => collector.Metrics), .. PoolerMetrics.All, .. BackupMetrics.All];

    /// <summary>What <c>lk observe serve</c> says of itself besides, and what it has found unusual.</summary>
    public static IReadOnlyList<MetricDescription> OfTheWatch => WatchMetrics.All;
}

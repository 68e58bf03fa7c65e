using Lockkeeper.Observe.Metrics;

namespace Lockkeeper.Observe.PostgreSql;

/// <summary>What is said of a scrape itself.</summary>
internal static class ScrapeMetrics
{
    public static readonly MetricDescription Up = Gauge("pg_up", "Whether the server answers and lets the role in.");
    public static readonly MetricDescription Down = Gauge("lockkeeper_target_down", "1 when the target cannot be read, with the reason.", "reason");
    public static readonly MetricDescription Duration = Gauge("lockkeeper_scrape_duration_seconds", "How long the scrape took.");
    public static readonly MetricDescription At = Gauge("lockkeeper_scrape_timestamp_seconds", "When the scrape began, by the clock of the machine that scrapes.");
    public static readonly MetricDescription Missing = Gauge("lockkeeper_metric_unavailable", "1 for each metric that cannot be read, with the reason; database is empty when it holds for the server.", "metric", "reason", "database");
    public static readonly MetricDescription CollectorDuration = Gauge("lockkeeper_collector_duration_seconds", "How long the collector took when it ran last.", "collector", "database");
    public static readonly MetricDescription CollectorAge = Gauge("lockkeeper_collector_age_seconds", "How old the values of the collector are: it does not run at each scrape when its values change slowly, or when it is held back.", "collector", "database");
    public static readonly MetricDescription CollectorSuccess = Gauge("lockkeeper_collector_success", "Whether the collector gave values when it ran last.", "collector", "database");
    public static readonly MetricDescription CollectorHeldBack = Gauge("lockkeeper_collector_held_back", "1 while the collector rests because it was dear or has failed.", "collector", "database");
    public static readonly MetricDescription CollectorFailures = new("lockkeeper_collector_failures_total", MetricKind.Counter, "How often the collector has failed since the exporter started.", "collector", "database") { Topic = Topic };
    public static readonly MetricDescription Samples = Gauge("lockkeeper_scrape_samples", "How many series the target has given.");
    public static readonly MetricDescription Connections = Gauge("lockkeeper_scrape_connections", "How many connections the exporter holds open on the server.");

    public const string Topic = "scrape";

    public static IReadOnlyList<MetricDescription> All { get; } = [Up, Down, Duration, At, Missing, CollectorDuration, CollectorAge, CollectorSuccess, CollectorHeldBack, CollectorFailures, Samples, Connections];

    private static MetricDescription Gauge(string name, string help, params string[] labels) => new(name, MetricKind.Gauge, help, labels) { Topic = Topic };
}

using static Lockkeeper.Observe.PostgreSql.ValueColumn;

namespace Lockkeeper.Observe.PostgreSql.Collectors;

/// <summary>Sessions by state and what they wait for, and the longest of them.</summary>
internal static class Activity
{
    private const string Grant = "pg_read_all_stats";

    // The same rows as postgres_exporter's, of client sessions too that are in no state because they are just starting.
    private static readonly MetricQuery sessions = new(
        "activity",
        [
            new("datname", "a.datname"), new("state", "coalesce(a.state, 'unknown')"), new("usename", "a.usename"), new("application_name", "a.application_name"), new("backend_type", "a.backend_type"),
            new("wait_event_type", "a.wait_event_type"), new("wait_event", "a.wait_event"),
        ],
        [
            Gauge("pg_stat_activity_count", "count(*)", "Sessions in this state, waiting for this."),
            Gauge("pg_stat_activity_max_tx_duration", "coalesce(max(extract(epoch FROM clock_timestamp() - a.xact_start)), 0)", "Age of the oldest transaction in this state, in seconds."),
        ],
        """
        FROM pg_stat_activity a
        WHERE a.pid <> pg_backend_pid()
        GROUP BY a.datname, a.state, a.usename, a.application_name, a.backend_type, a.wait_event_type, a.wait_event
        """,
        Grant);

    private static readonly MetricQuery longest = new(
        "activity.longest", [],
        [
            Gauge("lockkeeper_activity_oldest_transaction_seconds", "coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)", "Age of the oldest transaction of a client."),
            Gauge("lockkeeper_activity_oldest_idle_transaction_seconds", "coalesce(max(extract(epoch FROM clock_timestamp() - state_change)) FILTER (WHERE state LIKE 'idle in transaction%'), 0)", "For how long a client has been idle inside a transaction at most."),
            Gauge("lockkeeper_activity_longest_query_seconds", "coalesce(max(extract(epoch FROM clock_timestamp() - query_start)) FILTER (WHERE state = 'active'), 0)", "Age of the statement that has run for longest."),
            Gauge("lockkeeper_activity_clients", "count(*)", "Client sessions."),
        ],
        "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
        Grant);

    private static readonly MetricQuery prepared = new(
        "activity.prepared", [],
        [
            Gauge("lockkeeper_prepared_transactions", "count(*)", "Prepared transactions that nobody has committed or rolled back."),
            Gauge("lockkeeper_prepared_transactions_oldest_seconds", "coalesce(max(extract(epoch FROM clock_timestamp() - prepared)), 0)", "Age of the oldest of them."),
        ],
        "FROM pg_prepared_xacts");

    public static ICollector Create() => new QueryCollector("activity", CollectorScope.Server, sessions, longest, prepared);
}

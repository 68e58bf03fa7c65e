using Lockkeeper.Observe.Metrics;

namespace Lockkeeper.Observe.PostgreSql.Pooling;

/// <summary>The metrics of PgBouncer, with the names of prometheus-community's pgbouncer_exporter (0.10).</summary>
internal static class PoolerMetrics
{
    private const string Topic = "pgbouncer";

    public static readonly MetricDescription Up = Of("pgbouncer_up", MetricKind.Gauge, "Whether the pooler's console answers and lets the role in.");
    public static readonly MetricDescription Version = Of("pgbouncer_version_info", MetricKind.Info, "The program's version.", "version");

    /// <summary>SHOW LISTS and SHOW CONFIG: a row for each number.</summary>
    public static readonly KeyedTable Lists = new(
        "SHOW LISTS", "list", "items",
        ("databases", Of("pgbouncer_databases", MetricKind.Gauge, "How many databases the pooler knows.")),
        ("users", Of("pgbouncer_users", MetricKind.Gauge, "How many users the pooler knows.")),
        ("pools", Of("pgbouncer_pools", MetricKind.Gauge, "How many pools there are.")),
        ("free_clients", Of("pgbouncer_free_clients", MetricKind.Gauge, "Places for clients that are made ready and free.")),
        ("used_clients", Of("pgbouncer_used_clients", MetricKind.Gauge, "Clients that are connected, with those of the console: what max_client_conn limits.")),
        ("login_clients", Of("pgbouncer_login_clients", MetricKind.Gauge, "Clients that are signing in.")),
        ("free_servers", Of("pgbouncer_free_servers", MetricKind.Gauge, "Places for connections to servers that are made ready and free.")),
        ("used_servers", Of("pgbouncer_used_servers", MetricKind.Gauge, "Connections to servers.")),
        ("dns_names", Of("pgbouncer_cached_dns_names", MetricKind.Gauge, "Names of hosts that are remembered.")),
        ("dns_zones", Of("pgbouncer_cached_dns_zones", MetricKind.Gauge, "Zones of names that are remembered.")),
        ("dns_queries", Of("pgbouncer_in_flight_dns_queries", MetricKind.Gauge, "Names of hosts that are being looked up.")));

    public static readonly KeyedTable Config = new(
        "SHOW CONFIG", "key", "value",
        ("max_client_conn", Of("pgbouncer_config_max_client_connections", MetricKind.Gauge, "The most clients that the pooler takes.")),
        ("max_user_connections", Of("pgbouncer_config_max_user_connections", MetricKind.Gauge, "The most connections to servers that a user may have; 0 for no limit.")));

    public static readonly ColumnTable Pools = new(
        "SHOW POOLS", "pgbouncer_pools_", ["database", "user"],
        Gauge("cl_active", "client_active_connections", "Clients that have a connection to the server, or want none now."),
        Gauge("cl_waiting", "client_waiting_connections", "Clients that have sent something and wait for a connection to the server."),
        Gauge("cl_active_cancel_req", "client_active_cancel_connections", "Requests to cancel that were passed on and are not answered."),
        Gauge("cl_waiting_cancel_req", "client_waiting_cancel_connections", "Requests to cancel that were not passed on yet."),
        Gauge("sv_active", "server_active_connections", "Connections to the server that a client has."),
        Gauge("sv_active_cancel", "server_active_cancel_connections", "Connections to the server that pass a request to cancel on."),
        Gauge("sv_being_canceled", "server_being_canceled_connections", "Connections to the server that wait until requests to cancel on them are done."),
        Gauge("sv_idle", "server_idle_connections", "Connections to the server that the next client can have at once."),
        Gauge("sv_used", "server_used_connections", "Connections to the server that were idle for so long that they are checked first."),
        Gauge("sv_tested", "server_testing_connections", "Connections to the server that are being reset or checked."),
        Gauge("sv_login", "server_login_connections", "Connections to the server that are being opened."),
        Gauge("maxwait", "client_maxwait_seconds", "How long the client that waits for longest has waited.") with { Micro = "maxwait_us" });

    public static readonly ColumnTable Databases = new(
        "SHOW DATABASES", "pgbouncer_databases_", ["name", "host", "port", "database", "force_user", "pool_mode"],
        Gauge("pool_size", "pool_size", "The most connections to the server of a pool."),
        Gauge("reserve_pool", "reserve_pool", "Further ones of a pool when clients wait for long."),
        Gauge("max_connections", "max_connections", "The most connections to the server for all pools of the database; 0 for no limit."),
        Gauge("current_connections", "current_connections", "Connections to the server of all pools of the database."),
        Gauge("paused", "paused", "1 while the database is paused."),
        Gauge("disabled", "disabled", "1 while the database takes no new clients."))
    {
        // From 1.24 on the column of the reserve is called so.
        Renamed = new Dictionary<string, string> { ["reserve_pool"] = "reserve_pool_size" },
    };

    public static readonly ColumnTable Stats = new(
        "SHOW STATS_TOTALS", "pgbouncer_stats_", ["database"],
        Counter("xact_count", "sql_transactions_pooled_total", "Transactions."),
        Counter("query_count", "queries_pooled_total", "Statements."),
        Counter("bytes_received", "received_bytes_total", "Bytes from clients."),
        Counter("bytes_sent", "sent_bytes_total", "Bytes to clients."),
        Counter("xact_time", "server_in_transaction_seconds_total", "Time in transactions on the server.") with { Factor = 1e-6 },
        Counter("query_time", "queries_duration_seconds_total", "Time of statements on the server.") with { Factor = 1e-6 },
        Counter("wait_time", "client_wait_seconds_total", "Time for which clients waited for a connection to the server.") with { Factor = 1e-6 },
        Counter("client_parse_count", "client_parses_total", "Statements that clients have prepared (PgBouncer 1.24 and later)."),
        Counter("server_parse_count", "server_parses_total", "Statements that were prepared on servers for clients (PgBouncer 1.24 and later)."),
        Counter("bind_count", "binds_total", "Uses of prepared statements (PgBouncer 1.24 and later)."));

    /// <summary>All tables, in the order in which they are asked for.</summary>
    public static IReadOnlyList<IConsoleTable> Tables { get; } = [Pools, Stats, Databases, Lists, Config];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<MetricDescription> All { get; } = [Up, Version, .. Tables.SelectMany(table => table.Metrics)];

    internal static MetricDescription Of(string name, MetricKind kind, string help, params IReadOnlyList<string> labels) => new(name, kind, help, labels) { Topic = Topic, Grant = "a user of auth_file in stats_users" };

    private static ConsoleColumn Gauge(string column, string name, string help) => new(column, name, MetricKind.Gauge, help);

    private static ConsoleColumn Counter(string column, string name, string help) => new(column, name, MetricKind.Counter, help);
}

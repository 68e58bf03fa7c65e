using Lockkeeper.Observe.Anomalies;

namespace Lockkeeper.Observe.PostgreSql.Anomalies;

/// <summary>The rates of a PostgreSQL server that are compared with what is usual. Few: each more is one more to be wrong about.</summary>
internal static class WatchedRates
{
    public static IReadOnlyList<WatchedRate> All { get; } =
    [
        new("pg_stat_database_xact_commit", "database", "commits a second", 20) { FallsToo = true },
        new("pg_stat_database_xact_rollback", "database", "rollbacks a second", 2),
        new("pg_stat_database_blks_read", "database", "blocks read a second", 2_000),
        new("pg_stat_database_temp_bytes", "database", "bytes of temporary files a second", 5_000_000),
        new("pg_stat_database_active_time_seconds_total", "database", "busy sessions", 1),
        new("pg_stat_user_tables_seq_tup_read", "table", "rows read by sequential scans a second", 100_000),
        new("pg_stat_user_tables_n_tup_upd", "table", "rows updated a second", 500),
        new("pg_stat_user_tables_n_tup_del", "table", "rows deleted a second", 500),
        new("pg_stat_statements_calls_total", "statement", "calls a second", 50),
        new("pg_stat_statements_seconds_total", "statement", "busy sessions", 0.5),
        new("pg_stat_statements_seconds_total", "statement", "seconds a call", 0.02) { Per = "pg_stat_statements_calls_total", LeastOfPer = 100 },
    ];
}

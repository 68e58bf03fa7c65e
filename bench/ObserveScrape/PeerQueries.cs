using System.Text;

namespace Lockkeeper.Bench.ObserveScrape;

/// <summary>The topics that postgres_exporter 0.11 has by such a file only, with the queries of its own example (statements with the columns of PostgreSQL 13 and later) and of its later versions (indexes; sizes are left out: ours are read every five minutes).</summary>
internal static class PeerQueries
{
    private static readonly string[] table = ["datname", "schemaname", "relname"];

    public static string Text { get; } = Topic(
            "pg_stat_user_tables",
            """
            SELECT current_database() datname, schemaname, relname, seq_scan, seq_tup_read, idx_scan, idx_tup_fetch, n_tup_ins, n_tup_upd, n_tup_del, n_tup_hot_upd, n_live_tup, n_dead_tup, n_mod_since_analyze,
            COALESCE(last_vacuum, '1970-01-01Z') as last_vacuum, COALESCE(last_autovacuum, '1970-01-01Z') as last_autovacuum, COALESCE(last_analyze, '1970-01-01Z') as last_analyze, COALESCE(last_autoanalyze, '1970-01-01Z') as last_autoanalyze,
            vacuum_count, autovacuum_count, analyze_count, autoanalyze_count FROM pg_stat_user_tables
            """,
            table,
            ["seq_scan", "seq_tup_read", "idx_scan", "idx_tup_fetch", "n_tup_ins", "n_tup_upd", "n_tup_del", "n_tup_hot_upd"],
            ["n_live_tup", "n_dead_tup", "n_mod_since_analyze", "last_vacuum", "last_autovacuum", "last_analyze", "last_autoanalyze", "vacuum_count", "autovacuum_count", "analyze_count", "autoanalyze_count"])
        + Topic(
            "pg_statio_user_tables",
            "SELECT current_database() datname, schemaname, relname, heap_blks_read, heap_blks_hit, idx_blks_read, idx_blks_hit FROM pg_statio_user_tables",
            table, ["heap_blks_read", "heap_blks_hit", "idx_blks_read", "idx_blks_hit"], [])
        + Topic(
            "pg_stat_user_indexes",
            "SELECT current_database() datname, s.schemaname, s.relname, s.indexrelname, idx_scan, idx_tup_fetch, idx_blks_read, idx_blks_hit FROM pg_stat_user_indexes s JOIN pg_statio_user_indexes USING (indexrelid)",
            [.. table, "indexrelname"], ["idx_scan", "idx_tup_fetch", "idx_blks_read", "idx_blks_hit"], [])
        + Topic(
            "pg_stat_statements",
            """
            SELECT t2.rolname, t3.datname, queryid, toplevel::text, calls, total_exec_time / 1000 as total_time_seconds, total_plan_time / 1000 as plan_time_seconds, rows, shared_blks_hit, shared_blks_read, shared_blks_dirtied, temp_blks_read + temp_blks_written as temp_blks, wal_bytes::float8,
            blk_read_time / 1000 as blk_read_time_seconds, blk_write_time / 1000 as blk_write_time_seconds FROM pg_stat_statements t1 JOIN pg_roles t2 ON (t1.userid=t2.oid) JOIN pg_database t3 ON (t1.dbid=t3.oid)
            """,
            ["rolname", "datname", "queryid", "toplevel"],
            ["calls", "total_time_seconds", "plan_time_seconds", "rows", "shared_blks_hit", "shared_blks_read", "shared_blks_dirtied", "temp_blks", "wal_bytes", "blk_read_time_seconds", "blk_write_time_seconds"], []);

    private static string Topic(string name, string query, string[] labels, string[] counters, string[] gauges)
    {
        var text = new StringBuilder($"{name}:\n  query: |\n");
        foreach (var line in query.Split('\n'))
            text.Append($"    {line}\n");
        text.Append("  metrics:\n");
        foreach (var (column, usage) in labels.Select(label => (label, "LABEL")).Concat(counters.Select(counter => (counter, "COUNTER"))).Concat(gauges.Select(gauge => (gauge, "GAUGE"))))
            text.Append($"    - {column}: {{ usage: \"{usage}\", description: \"{column}\" }}\n");
        return text.ToString();
    }
}

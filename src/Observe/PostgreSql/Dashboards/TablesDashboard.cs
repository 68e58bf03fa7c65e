using Lockkeeper.Observe.Dashboards;
using static Lockkeeper.Observe.Dashboards.PanelKind;
using static Lockkeeper.Observe.Dashboards.PanelUnit;

namespace Lockkeeper.Observe.PostgreSql.Dashboards;

/// <summary>Which tables are read, written, grow, or are empty for the most part.</summary>
internal static class TablesDashboard
{
    private const string Here = "{target=\"$target\",datname=~\"$datname\"}";
    private const string Name = "{{schemaname}}.{{relname}}";

    public static Dashboard Create() => new("lockkeeper-tables", "Lockkeeper: tables", ByTarget: true,
        new PanelRow("Reading and writing",
            Top("Rows read by sequential scans", "A large table here misses an index.", "rate(pg_stat_user_tables_seq_tup_read{0}[$__rate_interval])", PerSecond),
            Top("Rows written", "Inserted, updated, deleted.", "rate(pg_stat_user_tables_n_tup_ins{0}[$__rate_interval]) + rate(pg_stat_user_tables_n_tup_upd{0}[$__rate_interval]) + rate(pg_stat_user_tables_n_tup_del{0}[$__rate_interval])", PerSecond)),
        new PanelRow("Size",
            Top("Largest tables", "Without indexes.", "pg_stat_user_tables_table_size_bytes{0}", Bytes),
            Top("Largest indexes", "All indexes of a table.", "pg_stat_user_tables_index_size_bytes{0}", Bytes)),
        new PanelRow("Vacuum",
            Top("Dead rows", "Estimated.", "pg_stat_user_tables_n_dead_tup{0}", PanelUnit.Number),
            Top("Empty", "Estimated bytes of tables that are empty.", "lockkeeper_table_bloat_bytes{0}", Bytes),
            new Panel("Indexes that are not valid", "Left by a CREATE INDEX CONCURRENTLY that failed.", Table, PanelUnit.Number, new PanelQuery($"lockkeeper_invalid_index{Here}", "{{schemaname}}.{{indexrelname}}")),
            new Panel("Sequences near their end", "Share of their numbers that is used.", Table, Ratio, new PanelQuery($"lockkeeper_sequence_used_ratio{Here}", "{{schemaname}}.{{sequencename}}"))));

    private static Panel Top(string title, string help, string expression, PanelUnit unit) => new(title, help, Lines, unit, new PanelQuery($"topk(10, {expression.Replace("{0}", Here, StringComparison.Ordinal)})", Name));
}

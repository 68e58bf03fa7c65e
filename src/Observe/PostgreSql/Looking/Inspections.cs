namespace Lockkeeper.Observe.PostgreSql.Looking;

/// <summary>The questions about a server that a person looks up: one statement each, in the catalogs only.</summary>
internal static class Inspections
{
    /// <summary>Stands for the schema of pg_stat_statements, quoted.</summary>
    public const string StatementsSchema = "$schema";

    private static readonly Dictionary<string, string> questions = new(StringComparer.Ordinal)
    {
        ["statements"] = $"""
            SELECT s.queryid AS id, left(s.query, 1000) AS statement, s.calls, round(s.total_exec_time::numeric / 1000, 3) AS total_s, round(s.mean_exec_time::numeric, 3) AS mean_ms,
                   round(s.rows::numeric / greatest(s.calls, 1), 1) AS rows_per_call, round(100 * s.shared_blks_hit::numeric / nullif(s.shared_blks_hit + s.shared_blks_read, 0), 1) AS cache_hit_percent, d.datname AS database, pg_get_userbyid(s.userid) AS role
            FROM {StatementsSchema}.pg_stat_statements(true) s JOIN pg_database d ON d.oid = s.dbid WHERE s.queryid IS NOT NULL AND s.query NOT LIKE '/* lk:%' ORDER BY s.total_exec_time DESC LIMIT 50
            """,
        ["tables"] = """
            SELECT n.nspname AS schema, c.relname AS "table", greatest(c.reltuples, 0)::bigint AS rows_estimated, (c.relpages::bigint * current_setting('block_size')::bigint) AS bytes,
                   s.n_dead_tup AS dead_rows, s.seq_scan AS sequential_scans, s.idx_scan AS index_scans, s.n_tup_ins + s.n_tup_upd + s.n_tup_del AS rows_written,
                   to_char(greatest(s.last_vacuum, s.last_autovacuum) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS vacuumed, to_char(greatest(s.last_analyze, s.last_autoanalyze) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS analyzed
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
            WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp%'
            ORDER BY c.relpages DESC, n.nspname, c.relname LIMIT 200
            """,
        ["indexes"] = """
            SELECT n.nspname AS schema, t.relname AS "table", c.relname AS index, (c.relpages::bigint * current_setting('block_size')::bigint) AS bytes, s.idx_scan AS scans,
                   CASE WHEN NOT i.indisvalid THEN 'not valid' WHEN i.indisprimary THEN 'primary key' WHEN i.indisunique THEN 'unique' ELSE '' END AS kind, left(pg_get_indexdef(c.oid), 300) AS definition
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = c.oid
            WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp%'
            ORDER BY c.relpages DESC, n.nspname, c.relname LIMIT 200
            """,
        // What may hold a password is not shown.
        ["settings"] = """
            SELECT name, CASE WHEN name IN ('primary_conninfo', 'ssl_passphrase_command', 'archive_command', 'restore_command') AND setting <> '' THEN '(set)' ELSE left(setting, 300) END AS setting, coalesce(unit, '') AS unit, left(coalesce(boot_val, ''), 300) AS built_in, source,
                   CASE WHEN pending_restart THEN 'waits for a restart' ELSE '' END AS note
            FROM pg_settings WHERE source NOT IN ('default', 'override', 'session', 'client') ORDER BY name LIMIT 500
            """,
        ["roles"] = """
            SELECT r.rolname AS role, concat_ws(', ', CASE WHEN r.rolcanlogin THEN 'signs in' END, CASE WHEN r.rolsuper THEN 'superuser' END, CASE WHEN r.rolcreaterole THEN 'creates roles' END, CASE WHEN r.rolcreatedb THEN 'creates databases' END,
                   CASE WHEN r.rolreplication THEN 'replicates' END, CASE WHEN r.rolbypassrls THEN 'sees all rows' END) AS rights,
                   (SELECT string_agg(g.rolname, ', ' ORDER BY g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid) AS member_of,
                   CASE WHEN r.rolconnlimit >= 0 THEN r.rolconnlimit END AS connection_limit, to_char(r.rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS valid_until,
                   (SELECT count(*) FROM pg_stat_activity a WHERE a.usesysid = r.oid) AS sessions
            FROM pg_roles r WHERE r.rolname NOT LIKE 'pg\_%' ORDER BY r.rolname LIMIT 500
            """,
    };

    /// <summary>What can be asked.</summary>
    public static IReadOnlyList<string> Topics { get; } = [.. questions.Keys];

    /// <summary>The statement.</summary>
    public static string Of(string topic) => questions[topic];
}

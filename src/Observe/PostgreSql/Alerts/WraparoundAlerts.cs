using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>Transaction ids that run out, and what keeps them from being freed.</summary>
internal static class WraparoundAlerts
{
    private const string Group = "wraparound";

    private static readonly DiagnosisStep databases = new("How old is each database?", "SELECT datname, age(datfrozenxid) AS xid_age, mxid_age(datminmxid) AS multixact_age, current_setting('autovacuum_freeze_max_age') AS freeze_max_age FROM pg_database ORDER BY 2 DESC");

    private static readonly DiagnosisStep tables = new("Which tables are the oldest?", "SELECT c.oid::regclass AS \"table\", age(c.relfrozenxid) AS xid_age, pg_size_pretty(pg_table_size(c.oid)) AS size, s.last_autovacuum FROM pg_class c LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid WHERE c.relkind IN ('r', 'm', 't') ORDER BY 2 DESC LIMIT 10");

    private static readonly DiagnosisStep holders = new(
        "What holds vacuum back?",
        """
        SELECT 'session ' || pid AS holder, age(coalesce(backend_xmin, backend_xid)) AS xid_age, usename || ' ' || application_name AS name, left(query, 100) AS detail FROM pg_stat_activity WHERE coalesce(backend_xmin, backend_xid) IS NOT NULL AND pid <> pg_backend_pid()
        UNION ALL SELECT 'slot ' || slot_name, greatest(age(xmin), age(catalog_xmin)), slot_type, CASE WHEN active THEN 'active' ELSE 'inactive' END FROM pg_replication_slots WHERE xmin IS NOT NULL OR catalog_xmin IS NOT NULL
        UNION ALL SELECT 'prepared ' || gid, age(transaction), owner, database FROM pg_prepared_xacts
        UNION ALL SELECT 'standby ' || application_name, age(backend_xmin), client_addr::text, 'hot_standby_feedback' FROM pg_stat_replication WHERE backend_xmin IS NOT NULL
        ORDER BY 2 DESC NULLS LAST LIMIT 15
        """);

    private static readonly DiagnosisStep workers = new("What does vacuum do?", "SELECT p.pid, p.datname, p.relid::regclass AS \"table\", p.phase, p.heap_blks_scanned, p.heap_blks_total, p.index_vacuum_count, now() - a.query_start AS runs_for FROM pg_stat_progress_vacuum p JOIN pg_stat_activity a USING (pid)");

    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        new AlertRule
        {
            Name = "PostgresWraparoundNear", Group = Group, Severity = AlertSeverity.Critical, For = TimeSpan.FromMinutes(5), Threshold = 0.5, Unit = AlertUnit.Ratio,
            Expression = "lockkeeper_wraparound_used_ratio > $threshold",
            Summary = "{datname} of {target} has used {value} of the transaction ids that it has until it takes no more writes",
            Runbook = new Runbook
            {
                Meaning = "Old rows were not frozen in time.",
                Impact = "At the end the server refuses every write until somebody vacuums by hand.",
                Diagnosis = [databases, tables, holders, workers],
                Mitigation = ["End what holds vacuum back: the oldest session, prepared transaction or slot.", "VACUUM (FREEZE, INDEX_CLEANUP OFF) of the oldest tables; vacuum_cost_delay = 0 in that session.", "Afterwards: more autovacuum_max_workers, a higher autovacuum_vacuum_cost_limit."],
            },
        },
        new AlertRule
        {
            Name = "PostgresFreezeBehind", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromHours(1), Threshold = 1.25,
            Expression = "lockkeeper_wraparound_emergency_ratio > $threshold",
            Summary = "the oldest table in {datname} of {target} is {value} times as old as when autovacuum must freeze it",
            Runbook = new Runbook
            {
                Meaning = "Autovacuum had to start because of age, and does not get on: something holds it back, or it is too slow.",
                Impact = "None yet; the way to a stop is being used up.",
                Diagnosis = [databases, tables, holders, workers],
                Mitigation = ["End what holds vacuum back.", "Vacuum is at work and slow: raise autovacuum_vacuum_cost_limit (a reload).", "An index or table that vacuum fails on: the server's log names it."],
            },
        },
        new AlertRule
        {
            Name = "PostgresXminHeld", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(10), Threshold = 10_000_000,
            Expression = "lockkeeper_xmin_age > $threshold",
            Summary = "{holder} {name} has kept vacuum of {target} from removing rows for {value} transactions",
            Runbook = new Runbook
            {
                Meaning = "A snapshot, prepared transaction, slot or standby is so old that dead rows since then stay.",
                Impact = "Tables and indexes grow, and index scans become slower with each dead row.",
                Diagnosis = [holders, tables],
                Mitigation = ["A session: ask, then pg_terminate_backend(pid). A prepared transaction: ROLLBACK PREPARED. A slot: start its reader or drop it. A standby: end its long query."],
            },
        },
    ];
}

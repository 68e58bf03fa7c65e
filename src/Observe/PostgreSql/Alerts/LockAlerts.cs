using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>Sessions that wait for one another.</summary>
internal static class LockAlerts
{
    private const string Group = "locks";

    private static readonly DiagnosisStep tree = new(
        "Who waits for whom? Those who wait for nobody are the root.",
        """
        WITH RECURSIVE waiting AS (SELECT pid, unnest(pg_blocking_pids(pid)) AS blocker FROM pg_stat_activity WHERE wait_event_type = 'Lock'),
        tree AS (
            SELECT DISTINCT blocker AS pid, 0 AS depth, ARRAY[blocker] AS path FROM waiting WHERE blocker NOT IN (SELECT pid FROM waiting)
            UNION ALL
            SELECT w.pid, t.depth + 1, t.path || w.pid FROM tree t JOIN waiting w ON w.blocker = t.pid WHERE NOT w.pid = ANY (t.path) AND t.depth < 20)
        SELECT repeat('  ', t.depth) || t.pid AS session, a.datname, a.usename, a.application_name, a.state, now() - a.xact_start AS transaction_age, now() - a.state_change AS in_state, left(a.query, 150) AS statement
        FROM tree t JOIN pg_stat_activity a USING (pid) ORDER BY t.path
        """);

    private static readonly DiagnosisStep wanted = new(
        "Which locks are waited for?",
        "SELECT l.pid, l.locktype, l.mode, coalesce(c.relname, l.locktype) AS object, now() - l.waitstart AS waits_for FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) WHERE NOT l.granted ORDER BY l.waitstart NULLS LAST LIMIT 20")
    { Since = 14 };

    private static readonly string[] cure =
    [
        "Cancel the root, not those who wait: SELECT pg_cancel_backend(pid); for one that is idle in a transaction pg_terminate_backend(pid).",
        "The root is a migration: 'lk migrate' gives its lock up by itself; another tool's wants lock_timeout.",
        "The root is autovacuum '(to prevent wraparound)': it does not give way; let it end, or cancel the DDL that waits.",
    ];

    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        new AlertRule
        {
            Name = "PostgresSessionsBlocked", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(1), Threshold = 30, Unit = AlertUnit.Seconds,
            Expression = "lockkeeper_blocked_longest_seconds > $threshold",
            Summary = "a session of {target} has waited for a lock for {value}",
            Runbook = new Runbook
            {
                Meaning = "A session waits for a lock that another one does not give back.",
                Impact = "The request behind it hangs; others queue behind it, even for weaker locks.",
                Diagnosis = [tree, wanted],
                Mitigation = cure,
            },
        },
        new AlertRule
        {
            Name = "PostgresLockQueue", Group = Group, Severity = AlertSeverity.Critical, For = TimeSpan.FromSeconds(30), Threshold = 10,
            Expression = "lockkeeper_blocked_sessions > $threshold",
            Summary = "{value} sessions of {target} wait for locks",
            Runbook = new Runbook
            {
                Meaning = "Many sessions wait for locks at once: typically DDL that waits behind a long transaction, and everybody else behind the DDL.",
                Impact = "Part of the application stands still, and its connections fill up.",
                Diagnosis = [tree, wanted],
                Mitigation = cure,
            },
        },
        new AlertRule
        {
            Name = "PostgresDeadlocks", Group = Group, Severity = AlertSeverity.Warning, Threshold = 5,
            Expression = "increase(pg_stat_database_deadlocks[5m]) > $threshold",
            Summary = "{value} deadlocks in {datname} of {target} within 5 minutes",
            Runbook = new Runbook
            {
                Meaning = "Transactions have locked the same rows in different orders; the server cancelled one of each pair.",
                Impact = "Requests fail, and are slow before that (deadlock_timeout, 1 s).",
                Diagnosis = [new DiagnosisStep("How many, since when?", "SELECT datname, deadlocks, stats_reset FROM pg_stat_database WHERE deadlocks > 0 ORDER BY deadlocks DESC"), tree],
                Mitigation = ["The server's log has both statements ('deadlock detected', DETAIL). Lock rows in one order everywhere, for example ORDER BY id FOR UPDATE.", "Retry such transactions in the application (SQLSTATE 40P01)."],
            },
        },
        new AlertRule
        {
            Name = "PostgresLockTableNearlyFull", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(5), Threshold = 0.5, Unit = AlertUnit.Ratio,
            Expression = "sum by (target) (pg_locks_count) / on (target) lockkeeper_locks_limit > $threshold",
            Summary = "{value} of the lock table of {target} is used",
            Runbook = new Runbook
            {
                Meaning = "Very many locks are held: often by transactions over tables with thousands of partitions, or by dumps.",
                Impact = "When it is full, statements fail with 'out of shared memory'.",
                Diagnosis = [new DiagnosisStep("Who holds most?", "SELECT l.pid, a.usename, a.application_name, count(*) AS locks, left(a.query, 150) AS statement FROM pg_locks l JOIN pg_stat_activity a USING (pid) GROUP BY 1, 2, 3, 5 ORDER BY 4 DESC LIMIT 10")],
                Mitigation = ["Make statements name the partitions they need (partition pruning).", "Raise max_locks_per_transaction (a restart; standbys first)."],
            },
        },
    ];
}

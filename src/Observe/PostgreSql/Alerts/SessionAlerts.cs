using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>Connections, transactions that stay open, and statements that do not end.</summary>
internal static class SessionAlerts
{
    private const string Group = "sessions";

    private static readonly DiagnosisStep byClient = new(
        "Who has the connections, and what do they do?",
        "SELECT datname, usename, application_name, client_addr, state, count(*), max(now() - state_change) AS longest_in_state FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1, 2, 3, 4, 5 ORDER BY 6 DESC LIMIT 20");

    private static readonly DiagnosisStep oldest = new(
        "Which transactions are the oldest, and what do they hold back?",
        "SELECT pid, usename, application_name, state, now() - xact_start AS transaction_age, now() - state_change AS in_state, wait_event_type, wait_event, age(backend_xmin) AS xmin_age, left(query, 200) AS last_statement FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() ORDER BY xact_start LIMIT 10");

    private static readonly DiagnosisStep locksOfOldest = new(
        "Which tables do they lock?",
        "SELECT l.pid, l.mode, c.relname, l.granted FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.pid IN (SELECT pid FROM pg_stat_activity WHERE xact_start < now() - interval '1 minute') AND c.relkind IN ('r', 'p', 'm') ORDER BY l.pid, c.relname LIMIT 25");

    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        new AlertRule
        {
            Name = "PostgresConnectionsNearLimit", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(5), Threshold = 0.8, Unit = AlertUnit.Ratio,
            Expression = "sum by (target) (pg_stat_database_numbackends) / on (target) (pg_settings_max_connections - on (target) pg_settings_superuser_reserved_connections) > $threshold",
            Summary = "{value} of the connections of {target} are in use",
            Runbook = new Runbook
            {
                Meaning = "Most of max_connections is used.",
                Impact = "When it is full, new sessions are refused ('sorry, too many clients already').",
                Diagnosis = [byClient, oldest],
                Mitigation = ["Many 'idle in transaction': see PostgresIdleInTransaction. Many 'active' that wait for locks: see PostgresSessionsBlocked.", "Many 'idle': make the applications' pools smaller, or put PgBouncer in front (pooler: in the cluster's file).", "Raise max_connections last: it costs memory, and a restart."],
            },
        },
        new AlertRule
        {
            Name = "PostgresConnectionsExhausted", Group = Group, Severity = AlertSeverity.Critical, For = TimeSpan.FromMinutes(1), Threshold = 0.97, Unit = AlertUnit.Ratio,
            Expression = "sum by (target) (pg_stat_database_numbackends) / on (target) (pg_settings_max_connections - on (target) pg_settings_superuser_reserved_connections) > $threshold",
            Summary = "{value} of the connections of {target} are in use: new ones are about to be refused",
            Runbook = new Runbook
            {
                Meaning = "Next to no connection is left.",
                Impact = "Applications get 'sorry, too many clients already'.",
                Diagnosis = [byClient, oldest],
                Mitigation = ["End sessions that are idle for long: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle' AND state_change < now() - interval '10 minutes' AND usename = 'the application';", "Stop the application that opens them without end, then look at its pool.", "ALTER ROLE … CONNECTION LIMIT keeps one application from taking all of them."],
            },
        },
        new AlertRule
        {
            Name = "PostgresIdleInTransaction", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(1), Threshold = 300, Unit = AlertUnit.Seconds,
            Expression = "lockkeeper_activity_oldest_idle_transaction_seconds > $threshold",
            Summary = "a session of {target} has been idle inside a transaction for {value}",
            Runbook = new Runbook
            {
                Meaning = "A client has begun a transaction, and neither works in it nor ends it.",
                Impact = "Its locks stay, so that others wait; vacuum cannot remove rows that died since it began.",
                Diagnosis = [oldest, locksOfOldest],
                Mitigation = ["Ask whose it is (application_name, client_addr); then SELECT pg_terminate_backend(pid). Nothing that was committed is lost.", "Set idle_in_transaction_session_timeout for the role that does it.", "In the application: no calls of other services inside a transaction."],
            },
        },
        new AlertRule
        {
            Name = "PostgresLongTransaction", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(1), Threshold = 3600, Unit = AlertUnit.Seconds,
            Expression = "lockkeeper_activity_oldest_transaction_seconds > $threshold",
            Summary = "a transaction of {target} has been open for {value}",
            Runbook = new Runbook
            {
                Meaning = "A transaction runs for very long.",
                Impact = "Vacuum cannot remove rows that died since it began: tables and indexes grow, and queries become slower.",
                Diagnosis = [oldest, locksOfOldest],
                Mitigation = ["A report or dump: let it end, and move it to a standby with hot_standby_feedback off.", "Nobody waits for it: SELECT pg_cancel_backend(pid), and pg_terminate_backend(pid) when that is not enough."],
            },
        },
        new AlertRule
        {
            Name = "PostgresLongStatement", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(1), Threshold = 1800, Unit = AlertUnit.Seconds,
            Expression = "lockkeeper_activity_longest_query_seconds > $threshold",
            Summary = "a statement of {target} has run for {value}",
            Runbook = new Runbook
            {
                Meaning = "A client's statement runs for very long.",
                Impact = "It uses a processor and the disk, and holds back vacuum.",
                Diagnosis =
                [
                    new DiagnosisStep("Which statements run for longest, and what do they wait for?", "SELECT pid, usename, application_name, now() - query_start AS runs_for, wait_event_type, wait_event, pg_blocking_pids(pid) AS waits_for, left(query, 300) AS statement FROM pg_stat_activity WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY query_start LIMIT 10"),
                    new DiagnosisStep("Do its tables have statistics?", "SELECT schemaname, relname, n_live_tup, n_mod_since_analyze, greatest(last_analyze, last_autoanalyze) AS analyzed FROM pg_stat_user_tables WHERE n_live_tup > 10000 ORDER BY n_mod_since_analyze DESC LIMIT 10"),
                ],
                Mitigation = ["It waits for a lock: see PostgresSessionsBlocked.", "EXPLAIN the statement: a table without statistics wants ANALYZE, a missing index CREATE INDEX CONCURRENTLY.", "SELECT pg_cancel_backend(pid); set statement_timeout for the role."],
            },
        },
        new AlertRule
        {
            Name = "PostgresPreparedTransactionOld", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(5), Threshold = 600, Unit = AlertUnit.Seconds,
            Expression = "lockkeeper_prepared_transactions_oldest_seconds > $threshold",
            Summary = "a prepared transaction of {target} has been waiting for its end for {value}",
            Runbook = new Runbook
            {
                Meaning = "A transaction was prepared (two-phase commit), and nobody commits it or rolls it back. It survives restarts.",
                Impact = "Its locks stay, and vacuum cannot remove rows.",
                Diagnosis = [new DiagnosisStep("Which are they?", "SELECT gid, prepared, now() - prepared AS age, owner, database FROM pg_prepared_xacts ORDER BY prepared")],
                Mitigation = ["Ask the transaction manager what became of it, then COMMIT PREPARED 'gid' or ROLLBACK PREPARED 'gid'.", "No application uses two-phase commit: set max_prepared_transactions = 0."],
            },
        },
    ];
}

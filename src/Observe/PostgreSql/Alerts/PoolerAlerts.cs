using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>PgBouncer: whether it answers, and whether clients get what they came for.</summary>
internal static class PoolerAlerts
{
    private const string Group = "pooler";

    private static readonly DiagnosisStep pools = new("Which pools have clients that wait (cl_waiting, maxwait), and is a connection to the server free (sv_idle)?", "SHOW POOLS") { Place = DiagnosisPlace.Pooler };

    private static readonly DiagnosisStep servers = new("Which connections to the server are taken, and since when?", "SHOW SERVERS") { Place = DiagnosisPlace.Pooler };

    private static readonly DiagnosisStep databases = new("How large may pools be, and is a database paused or disabled?", "SHOW DATABASES") { Place = DiagnosisPlace.Pooler };

    private static readonly DiagnosisStep holders = new(
        "On the server: who is in a transaction for longest, and does nothing in it?",
        "SELECT pid, usename, application_name, state, now() - xact_start AS in_transaction, wait_event_type, left(query, 80) AS query FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() ORDER BY xact_start LIMIT 20");

    private static readonly string[] starvation =
    [
        "Look at what holds the connections before making the pool larger: --target CLUSTER runs the last question on the server.",
        "Sessions idle in transaction: end them, SELECT pg_terminate_backend(pid); set idle_in_transaction_session_timeout.",
        "Sessions that wait for a lock: see the runbook of PostgresSessionsBlocked.",
        "sv_login and no sv_active: the server does not let the pooler in; see the pooler's log, and the runbook of PostgresConnectionsNearLimit.",
        "paused: RESUME in the console.",
        "All of them work, and the server has room: raise the pool's size (pooler: pool_size) and lk provision apply.",
    ];

    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        new AlertRule
        {
            Name = "PgBouncerDown", Group = Group, Severity = AlertSeverity.Critical, For = TimeSpan.FromMinutes(1),
            Expression = "pgbouncer_up == 0",
            Summary = "the pooler {target} does not answer, or does not let the monitoring role in",
            Runbook = new Runbook
            {
                Meaning = "No session with the console of PgBouncer could be opened for a minute; lockkeeper_target_down names the reason.",
                Impact = "Applications that come through the pooler cannot reach the database, though the server may be well; or only monitoring cannot.",
                Diagnosis = [new DiagnosisStep("Does it answer now?", "SHOW VERSION") { Place = DiagnosisPlace.Pooler }],
                Mitigation =
                [
                    "Look at the reason: lk observe metrics TARGET shows lockkeeper_target_down{reason=…}.",
                    "connection_lost: look at its unit (systemctl status lockkeeper-pgbouncer-CLUSTER) and its log, and start it; lk provision apply does too.",
                    "login_refused: the user must stand in auth_file and in stats_users; lk provision plan shows what was changed by hand.",
                    "Until it runs: applications may connect to the server itself as long as max_connections is not reached.",
                ],
            },
        },
        new AlertRule
        {
            Name = "PgBouncerPoolStarved", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(2), Threshold = 20,
            Expression = "pgbouncer_pools_client_waiting_connections > $threshold",
            Summary = "{value} clients of {database} as {user} wait for a connection of the pooler {target}",
            Runbook = new Runbook
            {
                Meaning = "More clients want to work than the pool has connections to the server, and not for a moment only.",
                Impact = "Every request of these applications is late by the time that it waits, whatever the server does.",
                Diagnosis = [pools, servers, databases, holders],
                Mitigation = starvation,
            },
        },
        new AlertRule
        {
            Name = "PgBouncerClientsWaitLong", Group = Group, Severity = AlertSeverity.Critical, For = TimeSpan.FromMinutes(1), Threshold = 15, Unit = AlertUnit.Seconds,
            Expression = "pgbouncer_pools_client_maxwait_seconds > $threshold",
            Summary = "a client of {database} as {user} has waited {value} for a connection of the pooler {target}",
            Runbook = new Runbook
            {
                Meaning = "A pool does not move: the client at the head of its queue has waited for very long.",
                Impact = "Requests time out; after query_wait_timeout (two minutes by default) PgBouncer ends the clients that wait.",
                Diagnosis = [pools, servers, databases, holders],
                Mitigation = starvation,
            },
        },
        new AlertRule
        {
            Name = "PgBouncerClientsNearLimit", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(2), Threshold = 0.9, Unit = AlertUnit.Ratio,
            Expression = "pgbouncer_used_clients / pgbouncer_config_max_client_connections > $threshold",
            Summary = "{value} of the clients that the pooler {target} takes are connected",
            Runbook = new Runbook
            {
                Meaning = "PgBouncer has nearly as many clients as max_client_conn allows.",
                Impact = "At the limit new clients are refused: no more connections allowed (max_client_conn).",
                Diagnosis =
                [
                    new DiagnosisStep("How many clients, in which pools?", "SHOW POOLS") { Place = DiagnosisPlace.Pooler },
                    new DiagnosisStep("From where do they come, and since when are they connected?", "SHOW CLIENTS") { Place = DiagnosisPlace.Pooler },
                ],
                Mitigation =
                [
                    "Clients that wait: see the runbook of PgBouncerPoolStarved; those who wait pile up.",
                    "One application with far more than it needs: make its own pool smaller, or restart the instance that loses connections.",
                    "All are needed: raise max_client_conn (pooler: max_clients) and the limit of open files, and lk provision apply; a client costs the pooler a few kilobytes.",
                ],
            },
        },
    ];
}

using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>Whether a server answers, and whether all of it can be read.</summary>
internal static class AvailabilityAlerts
{
    private const string Group = "availability";

    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        new AlertRule
        {
            Name = "PostgresDown", Group = Group, Severity = AlertSeverity.Critical, For = TimeSpan.FromMinutes(1),
            Expression = "pg_up == 0",
            Summary = "{target} does not answer, or does not let the monitoring role in",
            Runbook = new Runbook
            {
                Meaning = "No connection to the server could be opened for a minute; lockkeeper_target_down names the reason.",
                Impact = "Applications cannot connect, or only monitoring cannot: a changed password or pg_hba.conf looks the same from here.",
                Diagnosis = [new DiagnosisStep("Does it answer now, and since when does it run?", "SELECT pg_postmaster_start_time() AS started, now() - pg_postmaster_start_time() AS up_for, pg_is_in_recovery() AS is_standby, version()")],
                Mitigation =
                [
                    "Look at the reason: lk observe metrics TARGET shows lockkeeper_target_down{reason=…}.",
                    "connection refused: look at the service and the end of the server's log; a server that recovers after a crash needs time, not a restart.",
                    "too many connections: see the runbook of PostgresConnectionsNearLimit; superuser_reserved_connections lets you in.",
                    "wrong password or no pg_hba entry: lk provision plan shows how role and access rules differ from the declaration.",
                    "The host is gone: fail over to a standby, and restore by 'lk backup restore' when there is none.",
                ],
            },
        },
        new AlertRule
        {
            Name = "PostgresRestarted", Group = Group, Severity = AlertSeverity.Warning,
            Expression = "changes(pg_postmaster_start_time_seconds[10m]) > 0",
            Summary = "{target} has restarted within the last 10 minutes",
            Runbook = new Runbook
            {
                Meaning = "The start time of the server has changed: it was restarted, or it crashed and came back.",
                Impact = "Connections and running transactions were lost, and caches are cold.",
                Diagnosis =
                [
                    new DiagnosisStep("When did it start, and is its configuration as it was loaded?", "SELECT pg_postmaster_start_time() AS started, pg_conf_load_time() AS configuration_loaded, pg_is_in_recovery() AS is_standby"),
                    new DiagnosisStep("How many sessions ended by a crash or by hand?", "SELECT datname, sessions_fatal, sessions_killed, sessions_abandoned FROM pg_stat_database WHERE datname IS NOT NULL ORDER BY sessions_fatal DESC") { Since = 14 },
                ],
                Mitigation = ["Nobody restarted it: look in the server's log for 'terminated by signal' (9: the kernel's out-of-memory killer; 11: a crash), and in the kernel's log.", "Signal 9: lower work_mem or the number of sessions, and set vm.overcommit_memory = 2.", "Signal 11: keep the core file, and switch off extensions that were new."],
            },
        },
        new AlertRule
        {
            Name = "PostgresRoleChanged", Group = Group, Severity = AlertSeverity.Critical,
            Expression = "changes(pg_replication_is_replica[15m]) > 0",
            Summary = "{target} has changed between primary and standby within the last 15 minutes",
            Runbook = new Runbook
            {
                Meaning = "A standby was promoted, or a former primary came back as a standby.",
                Impact = "Writes go to another server; what the old primary had not sent may be lost.",
                Diagnosis =
                [
                    new DiagnosisStep("What is it now, and on which timeline?", "SELECT pg_is_in_recovery() AS is_standby, (SELECT timeline_id FROM pg_control_checkpoint()) AS timeline, pg_postmaster_start_time() AS started"),
                    new DiagnosisStep("Who streams from it?", "SELECT application_name, client_addr, state, sync_state, replay_lsn FROM pg_stat_replication ORDER BY application_name"),
                ],
                Mitigation = ["Make sure that the old primary does not take writes any more.", "Check with 'lk backup list' that WAL of the new timeline is archived; take a backup.", "Build the old primary anew as a standby (pg_rewind or a restore), never start it as it is."],
            },
        },
        new AlertRule
        {
            Name = "PostgresMetricsMissing", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(30),
            Expression = "count by (target, reason) (lockkeeper_metric_unavailable{reason=~\"missing_grant|failed|timeout\"}) > 0 and on (target) pg_up == 1",
            Summary = "{value} metrics of {target} cannot be read: {reason}",
            Runbook = new Runbook
            {
                Meaning = "The monitoring role lacks rights, or statements of collectors fail. Alerts that need these metrics cannot fire.",
                Impact = "None for applications; a fault may stay unseen.",
                Diagnosis = [new DiagnosisStep("Which rights does the role have?", "SELECT r.rolname AS member_of, m.admin_option FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE m.member = (SELECT oid FROM pg_roles WHERE rolname = current_user)")],
                Mitigation = ["GRANT pg_monitor TO the monitoring role (lk provision apply does it when the cluster's file declares an exporter).", "docs/reference/metrics.md names the right that each metric needs."],
            },
        },
        new AlertRule
        {
            Name = "PostgresScrapeSlow", Group = Group, Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(10), Threshold = 5, Unit = AlertUnit.Seconds,
            Expression = "lockkeeper_scrape_duration_seconds > $threshold",
            Summary = "reading the metrics of {target} takes {value}",
            Runbook = new Runbook
            {
                Meaning = "A scrape takes longer than it should: the server is overloaded, or a catalog is very large. Dear collectors are held back by themselves.",
                Impact = "None by itself; values become rarer.",
                Diagnosis = [new DiagnosisStep("What does the server do?", "SELECT state, wait_event_type, wait_event, count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT 15")],
                Mitigation = ["lk observe metrics TARGET shows lockkeeper_collector_duration_seconds: which collector it is.", "An overloaded server: go on with the runbook of the alert that names its cause."],
            },
        },
    ];
}

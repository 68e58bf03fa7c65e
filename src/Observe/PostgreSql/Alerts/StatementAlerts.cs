using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.PostgreSql.Alerts;

/// <summary>What pg_stat_statements can and cannot tell.</summary>
internal static class StatementAlerts
{
    public static IReadOnlyList<AlertRule> Rules { get; } =
    [
        new AlertRule
        {
            Name = "PostgresStatementsEvicted", Group = "statements", Severity = AlertSeverity.Warning, For = TimeSpan.FromMinutes(10), Threshold = 10,
            Expression = "increase(lockkeeper_statements_evicted_total[1h]) > $threshold",
            Summary = "{target} has thrown statements out of pg_stat_statements {value} times within an hour",
            Runbook = new Runbook
            {
                Meaning = "There are more different statements than pg_stat_statements.max.",
                Impact = "Numbers of rarer statements begin anew again and again, so that regressions stay unseen; each time costs the server, too.",
                Diagnosis =
                [
                    new DiagnosisStep("How many are kept, and how often were they thrown out?", "SELECT (SELECT count(*) FROM pg_stat_statements(false)) AS kept, current_setting('pg_stat_statements.max') AS most, i.dealloc AS thrown_out, i.stats_reset FROM pg_stat_statements_info i") { Since = 14 },
                    new DiagnosisStep("Which statements differ in nothing but a list?", "SELECT left(regexp_replace(query, '\\s+', ' ', 'g'), 60) AS beginning, count(*) AS variants, sum(calls) AS calls FROM pg_stat_statements GROUP BY 1 HAVING count(*) > 5 ORDER BY 2 DESC LIMIT 10"),
                ],
                Mitigation = ["IN lists of different lengths: use = ANY($1) in the application.", "Raise pg_stat_statements.max (a restart)."],
            },
        },
    ];
}

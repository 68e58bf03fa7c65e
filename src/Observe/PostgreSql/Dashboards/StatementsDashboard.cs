using Lockkeeper.Observe.Dashboards;
using static Lockkeeper.Observe.Dashboards.PanelKind;
using static Lockkeeper.Observe.Dashboards.PanelUnit;

namespace Lockkeeper.Observe.PostgreSql.Dashboards;

/// <summary>Which statements take the time. Rates come before the top ten, so that a statement that enters the list makes no false rate.</summary>
internal static class StatementsDashboard
{
    private const string Here = "{target=\"$target\",datname=~\"$datname\"}";

    public static Dashboard Create() => new("lockkeeper-statements", "Lockkeeper: statements", ByTarget: true,
        new PanelRow("Which statements take the time",
            Top("Time", "Seconds of work a second: 1 is one processor.", "pg_stat_statements_seconds_total", PanelUnit.Number),
            Top("Calls", "Executions.", "pg_stat_statements_calls_total", PerSecond),
            new Panel("Time of one call", "Mean, of the ten that take most time.", Lines, Seconds,
                new PanelQuery($"sum by (queryid) (rate(pg_stat_statements_seconds_total{Here}[$__rate_interval])) / sum by (queryid) (rate(pg_stat_statements_calls_total{Here}[$__rate_interval])) and topk(10, sum by (queryid) (rate(pg_stat_statements_seconds_total{Here}[$__rate_interval])))", "{{queryid}}")) { Width = 24 }),
        new PanelRow("What they do to memory and disk",
            Top("Blocks read", "From the operating system.", "lockkeeper_statement_shared_blocks_read_total", PerSecond),
            Top("Blocks found", "In shared buffers; a plan that changed for the worse shows here first.", "lockkeeper_statement_shared_blocks_hit_total", PerSecond),
            Top("Temporary blocks", "Sorts and hashes on disk.", "lockkeeper_statement_temp_blocks_total", PerSecond),
            Top("WAL", "Bytes.", "lockkeeper_statement_wal_bytes_total", BytesPerSecond)),
        new PanelRow("Can these numbers be trusted?",
            new Panel("Thrown out", "Times that the least used statements were thrown out of pg_stat_statements: their numbers begin anew.", Lines, PerSecond, new PanelQuery("rate(lockkeeper_statements_evicted_total{target=\"$target\"}[$__rate_interval])", "thrown out"))));

    private static Panel Top(string title, string help, string metric, PanelUnit unit) => new(title, help, Stacked, unit, new PanelQuery($"topk(10, sum by (queryid) (rate({metric}{Here}[$__rate_interval])))", "{{queryid}}"));
}

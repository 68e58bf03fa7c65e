using System.Text;
using Lockkeeper.Observe.Metrics;

namespace Lockkeeper.Host.Reference;

/// <summary>docs/reference/metrics.md, made from the metrics' descriptions.</summary>
public static class MetricsPage
{
    /// <summary>The page.</summary>
    /// <param name="metrics">Every metric.</param>
    public static string Of(IReadOnlyList<MetricDescription> metrics)
    {
        var page = new StringBuilder();
        page.Append("# Metrics\n\n<!-- Generated from the code: LK_UPDATE_GOLDEN=1 ./test ReferencePages -->\n\n");
        page.Append("What the exporter and `lk observe metrics` give. Names are postgres_exporter's (0.20), pgbouncer_exporter's (0.10) and pgbackrest_exporter's (0.21) where they have the same. Every series of a target also has the label `target`, and `environment` and the declared labels of a cluster where there are some. ");
        page.Append("What cannot be read is `lockkeeper_metric_unavailable` with a reason: `server_version`, `missing_grant`, `missing_extension`, `not_preloaded`, `primary_only`, `standby_only`, `locked`, `timeout`, `deadline`, `login_refused`, `too_many_connections`, `database_missing`, `secret_missing`, `connection_lost` or `failed`. ");
        page.Append("A role that is a member of `pg_monitor` has every predefined role named here.\n");
        foreach (var topic in metrics.GroupBy(metric => metric.Topic))
        {
            page.Append($"\n## {topic.Key}\n\n| metric | kind | says | labels | takes |\n|---|---|---|---|---|\n");
            foreach (var metric in topic)
                page.Append($"| `{metric.Name}` | {metric.Kind.ToString().ToLowerInvariant()} | {Markdown.Cell(metric.Help)} | {string.Join(", ", metric.Labels.Select(label => $"`{label}`"))} | {Takes(metric)} |\n");
        }

        return page.ToString();
    }

    private static string Takes(MetricDescription metric)
    {
        var takes = new List<string>();
        if (metric.Grant.Length > 0)
            takes.Add(metric.Grant.StartsWith("pg_", StringComparison.Ordinal) ? $"`{metric.Grant}`" : Markdown.Cell(metric.Grant));
        if (metric.Extension.Length > 0)
            takes.Add($"extension `{metric.Extension}`");
        if (metric.Since > 0)
            takes.Add($"PostgreSQL {metric.Since} or later");
        if (metric.Until > 0)
            takes.Add($"PostgreSQL {metric.Until} or earlier");
        if (metric.Role != ServerRole.Any)
            takes.Add($"a {metric.Role.ToString().ToLowerInvariant()}");
        return string.Join(", ", takes);
    }
}

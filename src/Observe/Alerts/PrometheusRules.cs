using System.Globalization;
using System.Text;

namespace Lockkeeper.Observe.Alerts;

/// <summary>The rules as a rule file of Prometheus: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/.</summary>
internal static class PrometheusRules
{
    public static string Of(RuleSet rules)
    {
        var text = new StringBuilder("# Made by 'lk observe alerts export'; changes belong under 'observe:' in lockkeeper.yaml.\ngroups:\n");
        foreach (var group in rules.Rules.Select(pair => pair.Rule).GroupBy(rule => rule.Group))
        {
            text.Append("  - name: ").Append(YamlText.Quoted("lockkeeper-" + group.Key)).Append("\n    rules:\n");
            foreach (var rule in group)
                Append(text, rule);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, AlertRule rule)
    {
        text.Append("      - alert: ").Append(YamlText.Quoted(rule.Name)).Append('\n');
        text.Append("        expr: ").Append(YamlText.Quoted(string.Join(' ', rule.Condition.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))).Append('\n');
        if (rule.For > TimeSpan.Zero)
            text.Append("        for: ").Append(((long)rule.For.TotalSeconds).ToString(CultureInfo.InvariantCulture)).Append("s\n");
        text.Append("        labels:\n          severity: ").Append(rule.Severity == AlertSeverity.Critical ? "critical" : "warning").Append('\n');
        text.Append("        annotations:\n          summary: ").Append(YamlText.Quoted(AlertText.Template(rule))).Append('\n');
        text.Append("          description: ").Append(YamlText.Quoted(rule.Runbook.Meaning)).Append('\n');
        if (rule.Runbook.Diagnosis.Count > 0)
            text.Append("          runbook: ").Append(YamlText.Quoted($"lk observe runbook {rule.Name} --target {{{{ $labels.target }}}}")).Append('\n');
    }
}

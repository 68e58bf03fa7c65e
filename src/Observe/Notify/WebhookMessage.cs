using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.Notify;

/// <summary>The JSON of Alertmanager's webhook, version 4, which on-call services understand: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config.</summary>
internal static class WebhookMessage
{
    public static string Of(AlertGroup group, Func<string, AlertRule?> rules)
    {
        var alerts = group.Alerts.Select(alert => (Alert: alert, Labels: Labels(alert))).ToList();
        var common = alerts[0].Labels.Where(pair => alerts.TrueForAll(other => other.Labels.TryGetValue(pair.Key, out var value) && value == pair.Value)).ToDictionary();
        return new JsonObject
        {
            ["version"] = "4",
            ["groupKey"] = $"{{}}:{{target=\"{group.Target}\"}}",
            ["truncatedAlerts"] = 0,
            ["status"] = group.Fires ? "firing" : "resolved",
            ["receiver"] = group.Receiver,
            ["groupLabels"] = Json(group.Target.Length > 0 ? new SortedDictionary<string, string> { ["target"] = group.Target } : []),
            ["commonLabels"] = Json(common),
            ["commonAnnotations"] = new JsonObject(),
            ["externalURL"] = "",
            ["alerts"] = new JsonArray([.. alerts.Select(pair => One(pair.Alert, pair.Labels, rules(pair.Alert.Rule)))]),
        }.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    private static JsonObject One(Alert alert, SortedDictionary<string, string> labels, AlertRule? rule)
    {
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["summary"] = alert.Summary };
        if (rule is not null)
        {
            annotations["description"] = rule.Runbook.Meaning;
            annotations["runbook"] = $"lk observe runbook {rule.Name}{(alert.Labels["target"] is { Length: > 0 } target ? $" --target {target}" : "")}";
        }

        return new JsonObject
        {
            ["status"] = alert.Phase == AlertPhase.Firing ? "firing" : "resolved",
            ["labels"] = Json(labels),
            ["annotations"] = Json(annotations),
            ["startsAt"] = Time(alert.FiredAt ?? alert.Since),
            ["endsAt"] = alert.ResolvedAt is { } end ? Time(end) : "0001-01-01T00:00:00Z",
            ["generatorURL"] = "",
            ["fingerprint"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(alert.Key)))[..16],
        };
    }

    private static SortedDictionary<string, string> Labels(Alert alert)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["alertname"] = alert.Rule, ["severity"] = alert.Severity == AlertSeverity.Critical ? "critical" : "warning" };
        foreach (var (name, value) in alert.Labels.Pairs)
            labels.TryAdd(name, value);
        return labels;
    }

    private static JsonObject Json(IDictionary<string, string> labels) => new(labels.Select(pair => new KeyValuePair<string, JsonNode?>(pair.Key, pair.Value)));

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}

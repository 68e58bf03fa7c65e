using System.Globalization;
using System.Text.Json;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Alerts;

/// <summary>The alerts of a Prometheus that evaluates our exported rules.</summary>
internal static class PrometheusAlerts
{
    /// <summary>Reads those that are pending or firing, of the project's rules; others of the same Prometheus are somebody else's.</summary>
    /// <param name="url">Its URL, with references to secrets.</param>
    /// <param name="rules">The project's rules.</param>
    /// <param name="workspace">Resolves secrets.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="LockkeeperException">It does not answer (LK1600), or not as one (LK6003).</exception>
    public static async Task<IReadOnlyList<Alert>> ReadAsync(string url, RuleSet rules, Workspace workspace, CancellationToken cancel)
    {
        using var answer = await (await PrometheusApi.OpenAsync(url, workspace, cancel)).AskAsync("alerts", null, cancel);
        return [.. answer.RootElement.GetProperty("data").GetProperty("alerts").EnumerateArray().Select(alert => Of(alert, rules)).OfType<Alert>()];
    }

    private static Alert? Of(JsonElement json, RuleSet rules)
    {
        var labels = json.GetProperty("labels").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString() ?? "", StringComparer.Ordinal);
        if (!labels.Remove("alertname", out var name) || rules.Find(name) is not { } rule)
            return null;
        // How it is scraped tells nothing of what it is about; the severity stands for itself.
        foreach (var own in new[] { "job", "instance", "severity" })
            labels.Remove(own);
        var fires = json.GetProperty("state").GetString() == "firing";
        var since = DateTimeOffset.Parse(json.GetProperty("activeAt").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var set = LabelSet.Of(labels);
        var value = double.TryParse(json.GetProperty("value").GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;
        return new Alert
        {
            Rule = name, Labels = set, Severity = rule.Severity, Phase = fires ? AlertPhase.Firing : AlertPhase.Pending, Since = since, FiredAt = fires ? since : null, Value = value,
            Summary = AlertText.Fill(rule, set, value),
        };
    }
}

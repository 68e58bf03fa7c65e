using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Observe.Alerts;

namespace Lockkeeper.Observe.Notify;

/// <summary>A message as people read it: in a chat or a mail.</summary>
internal static class PlainMessage
{
    /// <summary>One line: what matters most, and where.</summary>
    public static string Subject(AlertGroup group)
    {
        var firing = group.Alerts.Where(alert => alert.Phase == AlertPhase.Firing).OrderByDescending(alert => alert.Severity).ToList();
        var where = group.Target.Length > 0 ? $" on {group.Target}" : "";
        if (firing.Count == 0)
            return $"resolved: {string.Join(", ", group.Alerts.Select(alert => alert.Rule).Distinct(StringComparer.Ordinal))}{where}";
        var others = firing.Count > 1 ? $" and {Plural.Of(firing.Count - 1, "other")}" : "";
        return $"{(firing[0].Severity == AlertSeverity.Critical ? "CRITICAL" : "warning")}: {firing[0].Rule}{others}{where}";
    }

    /// <summary>Every alert with its sentence, its time and what to do.</summary>
    public static string Body(AlertGroup group)
    {
        var text = new StringBuilder();
        foreach (var alert in group.Alerts.OrderBy(alert => alert.Phase).ThenByDescending(alert => alert.Severity))
        {
            var since = alert.Since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
            text.Append(alert.Phase == AlertPhase.Firing ? "firing" : "resolved").Append(": ").Append(alert.Rule).Append('\n');
            text.Append("  ").Append(alert.Summary).Append('\n').Append("  since ").Append(since);
            if (alert.ResolvedAt is { } end)
                text.Append(", until ").Append(end.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
            text.Append('\n');
            if (alert.Phase == AlertPhase.Firing && alert.Labels["target"] is { Length: > 0 } target)
                text.Append("  lk observe runbook ").Append(alert.Rule).Append(" --target ").Append(target).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The JSON of a Slack-compatible incoming webhook: a text, which every such service shows, and a coloured attachment.</summary>
    public static string Slack(AlertGroup group) => new JsonObject
    {
        // & < and > have a meaning in Slack's text: a table's name must not call everybody with <!channel>.
        ["text"] = Escaped(Subject(group)),
        ["attachments"] = new JsonArray(new JsonObject
        {
            ["color"] = !group.Fires ? "good" : group.Alerts.Any(alert => alert is { Phase: AlertPhase.Firing, Severity: AlertSeverity.Critical }) ? "danger" : "warning",
            ["text"] = "```" + Escaped(Body(group)).Replace("```", "'''", StringComparison.Ordinal) + "```",
        }),
    }.ToJsonString();

    private static string Escaped(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}

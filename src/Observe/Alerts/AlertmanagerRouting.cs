using System.Globalization;
using System.Text;
using Lockkeeper.Kernel.Config;

namespace Lockkeeper.Observe.Alerts;

/// <summary>The receivers as a configuration of Alertmanager: https://prometheus.io/docs/alerting/latest/configuration/. Secrets are never written: each stands in a file that the page names.</summary>
internal static class AlertmanagerRouting
{
    public static string Of(ObserveConfig config)
    {
        var text = new StringBuilder("# Made by 'lk observe alerts export'; changes belong under 'observe:' in lockkeeper.yaml.\n");
        text.Append("# Addresses and passwords that are secrets stand in files below /etc/alertmanager/secrets; put them there.\n");
        text.Append("route:\n  receiver: none\n  group_by: [target]\n  group_wait: ").Append(Seconds(config.GroupWait)).Append("\n  repeat_interval: ").Append(Seconds(config.RepeatAfter)).Append('\n');
        var able = config.Receivers.Where(receiver => receiver.Command is null).ToList();
        if (able.Count > 0)
            text.Append("  routes:\n");
        foreach (var receiver in able)
        {
            text.Append("    - receiver: ").Append(YamlText.Quoted(receiver.Name)).Append("\n      continue: true\n");
            if (receiver.Severity == "critical")
                text.Append("      matchers: [ 'severity=\"critical\"' ]\n");
        }

        text.Append("receivers:\n  - name: none\n");
        foreach (var receiver in able)
            Append(text, receiver);
        foreach (var receiver in config.Receivers.Where(receiver => receiver.Command is not null))
            text.Append("# ").Append(receiver.Name).Append(": Alertmanager runs no commands; give it a webhook that runs ").Append(receiver.Command!.ReplaceLineEndings(" ")).Append('\n');
        return text.ToString();
    }

    private static void Append(StringBuilder text, ReceiverConfig receiver)
    {
        text.Append("  - name: ").Append(YamlText.Quoted(receiver.Name)).Append('\n');
        var secret = $"/etc/alertmanager/secrets/{receiver.Name}";
        // Alertmanager knows url_file from 0.26 on: an address that holds no secret stands in the file itself.
        if (receiver.Webhook is { } webhook)
            text.Append("    webhook_configs:\n      - ").Append(webhook.Contains("${", StringComparison.Ordinal) ? "url_file: " + YamlText.Quoted(secret) : "url: " + YamlText.Quoted(webhook)).Append("\n        send_resolved: true\n");
        if (receiver.Slack is not null)
            text.Append("    slack_configs:\n      - api_url_file: ").Append(YamlText.Quoted(secret)).Append("\n        send_resolved: true\n        title: \"{{ .CommonLabels.alertname }} on {{ .GroupLabels.target }}\"\n        text: \"{{ range .Alerts }}{{ .Annotations.summary }}\\n{{ end }}\"\n");
        if (receiver.Mail is { } mail)
        {
            text.Append("    email_configs:\n      - to: ").Append(YamlText.Quoted(string.Join(", ", mail.To))).Append("\n        from: ").Append(YamlText.Quoted(mail.From)).Append("\n        smarthost: ").Append(YamlText.Quoted(string.Create(CultureInfo.InvariantCulture, $"{mail.Server}:{mail.Port}"))).Append("\n        require_tls: ").Append(mail.Tls ? "true" : "false").Append("\n        send_resolved: true\n");
            if (mail.User is { } user)
                text.Append("        auth_username: ").Append(YamlText.Quoted(user)).Append("\n        auth_password_file: ").Append(YamlText.Quoted(secret)).Append('\n');
        }
    }

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{(long)Math.Max(span.TotalSeconds, 1)}s");
}

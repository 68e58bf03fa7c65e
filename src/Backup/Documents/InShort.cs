using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Backup.Documents;

/// <summary>What the page for a disaster begins with: how much would be lost, how long it would take, and what is wrong now.</summary>
internal static class InShort
{
    /// <summary>Writes it.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="policy">The policy; null for none.</param>
    /// <param name="newest">The newest moment that can be restored; null for none.</param>
    /// <param name="drills">The drills, the oldest first.</param>
    /// <param name="forecast">How long a restore would take now; null when no drill has said.</param>
    /// <param name="alerts">Where the policy is not kept.</param>
    /// <param name="now">The time.</param>
    public static void Write(StringBuilder text, BackupConfig? policy, DateTimeOffset? newest, IReadOnlyList<JsonObject> drills, Forecast? forecast, IReadOnlyList<Finding> alerts, DateTimeOffset now)
    {
        var passed = drills.LastOrDefault(drill => drill["failure"] is null);
        text.Append("## In short\n\n| | |\n|---|---|\n");
        PageText.Row(text, "newest moment that can be restored", newest is { } until ? $"{PageText.Time(until)}, {PageText.Span(now - until)} ago" : "none");
        PageText.Row(text, "last restore that was verified", passed is null ? "none" : $"{PageText.Time(PageText.Moment(passed["at"]))}, of {(string?)passed["set"]}");
        PageText.Row(text, "would be lost (RPO)", $"{PageText.Measured(passed?["rpo_seconds"])} in that drill{PageText.Allowed(policy?.RecoveryPoint)}");
        PageText.Row(text, "until it is open again (RTO)", $"{PageText.Measured(passed?["rto_seconds"])} in that drill{PageText.Allowed(policy?.RecoveryTime)}{(forecast is { } time ? $"; now about {PageText.Span(time.Expected)}" : "")}");
        text.Append('\n');
        if (alerts.Count == 0)
            text.Append("All is as the policy wants it.\n");
        foreach (var alert in alerts)
            text.Append(CultureInfo.InvariantCulture, $"- **{alert.Rule}**: {alert.Message}\n");
        text.Append('\n');
    }
}

using System.Globalization;
using System.Text;
using Lockkeeper.Backup.Managed;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Verbs;
using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Backup.Documents;

/// <summary>Writes the page that is read on the day of a disaster for a cluster that a managed service runs, in Markdown, from facts alone.</summary>
internal static class ManagedRecoveryPage
{
    /// <summary>The page.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="look">What there is.</param>
    /// <param name="ledger">The end of the ledger that it rests on.</param>
    public static string Of(ClusterConfig cluster, ManagedLook look, string ledger)
    {
        var (text, name) = (new StringBuilder(), cluster.Name);
        text.Append(CultureInfo.InvariantCulture, $"# Disaster recovery of {name}\n\nWritten by `lk backup document {name}` at {PageText.Time(look.Now)} from {cluster.File}, the service in {look.Place} and the ledger ({ledger}). Print it, or keep it where it can be read when the server cannot.\n\n");
        InShort.Write(text, cluster.Backup?.Value, look.View.Newest, look.Drills, Forecast.OfManaged(look.Drills), look.Alerts, look.Now);
        text.Append(CultureInfo.InvariantCulture, $"""
            ## To restore

            1. Look at what can be restored, from where this project's files are:

                   lk backup list {name}

            2. Let the service make a new instance of the newest state; nothing of the one that is there is touched:

                   lk backup restore {name} --to NEW-NAME

               to a moment: `--target 2026-11-22T09:45:00Z`; of a snapshot: `--set SNAPSHOT`.
            3. Put `identifier: NEW-NAME` under `managed` in {cluster.File}, let what connects go there, and correct what differs from the declaration:

                   lk provision plan {name}


            """);
        text.Append("## Credentials\n\nBy name; their values are where the declaration says, and nowhere here.\n\n| for | reference |\n|---|---|\n");
        foreach (var (use, reference) in Credentials.OfManaged(cluster))
            PageText.Row(text, use, reference);
        Snapshots(text, look);
        DrillSections.Write(text, look.Drills);
        return text.ToString();
    }

    private static void Snapshots(StringBuilder text, ManagedLook look)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## Kept by the service in {look.Place}\n\n| snapshot | taken | disk | state |\n|---|---|---|---|\n");
        foreach (var one in look.View.Snapshots)
            PageText.Row(text, one.Label, PageText.Time(one.At), BackupText.Size(one.Bytes), !one.IsReady ? one.Status : ManagedMap.IsProven(one.Label, look.Evidence) ? "proven by a drill" : "claimed");
        if (look.Map.Spans.Count > 0)
            text.Append("\n| from | to | can be restored |\n|---|---|---|\n");
        foreach (var span in look.Map.Spans)
            PageText.Row(text, PageText.Time(span.From), PageText.Time(span.To), $"{BackupText.State(span.State)}: {span.Why}");
        text.Append('\n');
    }
}

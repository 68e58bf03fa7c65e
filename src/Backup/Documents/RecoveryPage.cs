using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.Recoverability;
using Lockkeeper.Backup.Verbs;
using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Backup.Documents;

/// <summary>Writes the page that is read on the day of a disaster, in Markdown, from facts alone.</summary>
internal static class RecoveryPage
{
    /// <summary>The page.</summary>
    public static string Of(RecoveryFacts facts)
    {
        var text = new StringBuilder();
        var name = facts.Cluster.Name;
        text.Append(CultureInfo.InvariantCulture, $"# Disaster recovery of {name}\n\nWritten by `lk backup document {name}` at {PageText.Time(facts.Now)} from {facts.Cluster.File}, the repositories and the ledger ({facts.Ledger}). Print it, or keep it where it can be read when the server cannot.\n\n");
        InShort.Write(text, facts.Cluster.Backup!.Value, facts.Maps.Select(one => one.Map.Newest).Max(), facts.Drills, facts.Forecast, facts.Alerts, facts.Now);
        ToRestore(text, facts);
        Needed(text, facts);
        Repositories(text, facts);
        DrillSections.Write(text, facts.Drills);
        return text.ToString();
    }

    private static void ToRestore(StringBuilder text, RecoveryFacts facts)
    {
        var (name, server) = (facts.Cluster.Name, facts.Server);
        text.Append(CultureInfo.InvariantCulture, $"""
            ## To restore

            1. Look at what can be restored, from where this project's files are:

                   lk backup list {name}

            2. Restore the newest state beside the server, and look at it with the line of psql that is printed; nothing of the server is touched:

                   lk backup restore {name}

               to a moment, or to a restore point: `--target 2026-11-22T09:45:00Z`, `--target name:NAME`; from one repository: `--repository N`.
            3. Put it in the server's place. The files of now are set aside whole, and put back when anything fails:

                   lk backup restore {name} --in-place --yes --confirm {name}

            4. Correct what differs from the declaration, and start anew with a full backup:

                   lk provision plan {name}
                   lk backup take {name} --type full

            The server is PostgreSQL {server.Major} on {server.Host}: data in `{server.DataDirectory}`, port {server.Port}, user `{server.User}`, programs in `{server.Programs}`, pgBackRest's configuration in `{server.Configuration}`. It need not run, and where it lies is known from the ledger.


            """);
    }

    private static void Needed(StringBuilder text, RecoveryFacts facts)
    {
        text.Append("## Credentials\n\nBy name; their values are where the declaration says, and nowhere here.\n\n| for | reference |\n|---|---|\n");
        foreach (var (use, reference) in Credentials.Of(facts.Cluster))
            PageText.Row(text, use, reference);
        text.Append('\n');
    }

    private static void Repositories(StringBuilder text, RecoveryFacts facts)
    {
        foreach (var (view, map) in facts.Maps)
        {
            var declared = facts.Cluster.Backup!.Value.Repositories[view.Number - 1].Value;
            var keeps = declared.Days is { } days ? $"{days} days" : $"{declared.FullBackups} full";
            text.Append(CultureInfo.InvariantCulture, $"## Repository {view.Number}: {view.Place}\n\n{(declared.Cipher is null ? "Not encrypted" : "Encrypted (AES-256)")}; keeps {keeps}{(declared.DifferentialBackups is { } differential ? $" and {differential} differential" : "")}; {view.Archive.Segments.Count} WAL segments, {BackupText.Size(view.Archive.Segments.Sum(one => one.Bytes))}.{(view.Problem is { } problem ? $" It cannot be used: {problem}." : "")}\n\n");
            if (view.Sets.Count == 0)
                continue;
            text.Append("| backup | kind | ended | database | here | state |\n|---|---|---|---|---|---|\n");
            foreach (var set in view.Sets)
                PageText.Row(text, set.Label, BackupText.Kind(set.Kind), PageText.Time(set.Ended), BackupText.Size(set.DatabaseBytes), BackupText.Size(set.RepositoryBytes), map.BrokenSets.GetValueOrDefault(set.Label) is { } why ? $"**broken**: {why}" : Proven(facts, set.Label) ? "proven by a drill" : "claimed");
            text.Append("\n| from | to | can be restored |\n|---|---|---|\n");
            foreach (var span in map.Spans)
                PageText.Row(text, PageText.Time(span.From), PageText.Time(span.To), $"{BackupText.State(span.State)}: {span.Why}");
            text.Append('\n');
        }
    }

    private static bool Proven(RecoveryFacts facts, string label) => facts.Drills.LastOrDefault(drill => (string?)drill["set"] == label) is { } last && last["failure"] is null;
}

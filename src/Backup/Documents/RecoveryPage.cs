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
    private const int MostDrills = 10;

    /// <summary>The page.</summary>
    public static string Of(RecoveryFacts facts)
    {
        var text = new StringBuilder();
        var name = facts.Cluster.Name;
        text.Append(CultureInfo.InvariantCulture, $"# Disaster recovery of {name}\n\nWritten by `lk backup document {name}` at {Time(facts.Now)} from {facts.Cluster.File}, the repositories and the ledger ({facts.Ledger}). Print it, or keep it where it can be read when the server cannot.\n\n");
        InShort(text, facts);
        ToRestore(text, facts);
        Needed(text, facts);
        Repositories(text, facts);
        Drills(text, facts);
        LastDrill(text, facts.Drills.LastOrDefault());
        return text.ToString();
    }

    private static void InShort(StringBuilder text, RecoveryFacts facts)
    {
        var policy = facts.Cluster.Backup!.Value;
        var newest = facts.Maps.Select(one => one.Map.Newest).Max();
        var passed = facts.Drills.LastOrDefault(drill => drill["failure"] is null);
        text.Append("## In short\n\n| | |\n|---|---|\n");
        Row(text, "newest moment that can be restored", newest is { } until ? $"{Time(until)}, {Span(facts.Now - until)} ago" : "none");
        Row(text, "last restore that was verified", passed is null ? "none" : $"{Time(Moment(passed["at"]))}, of {(string?)passed["set"]}");
        Row(text, "would be lost (RPO)", $"{Measured(passed?["rpo_seconds"])} in that drill{Allowed(policy.RecoveryPoint)}");
        Row(text, "until it is open again (RTO)", $"{Measured(passed?["rto_seconds"])} in that drill{Allowed(policy.RecoveryTime)}{(facts.Forecast is { } forecast ? $"; now about {Span(forecast.Expected)}" : "")}");
        text.Append('\n');
        if (facts.Alerts.Count == 0)
            text.Append("All is as the policy wants it.\n\n");
        foreach (var alert in facts.Alerts)
            text.Append(CultureInfo.InvariantCulture, $"- **{alert.Rule}**: {alert.Message}\n");
        if (facts.Alerts.Count > 0)
            text.Append('\n');
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
            Row(text, use, reference);
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
                Row(text, set.Label, BackupText.Kind(set.Kind), Time(set.Ended), BackupText.Size(set.DatabaseBytes), BackupText.Size(set.RepositoryBytes), map.BrokenSets.GetValueOrDefault(set.Label) is { } why ? $"**broken**: {why}" : Proven(facts, set.Label) ? "proven by a drill" : "claimed");
            text.Append("\n| from | to | can be restored |\n|---|---|---|\n");
            foreach (var span in map.Spans)
                Row(text, Time(span.From), Time(span.To), $"{BackupText.State(span.State)}: {span.Why}");
            text.Append('\n');
        }
    }

    private static void Drills(StringBuilder text, RecoveryFacts facts)
    {
        text.Append("## Drills\n\n");
        if (facts.Drills.Count == 0)
        {
            text.Append("No restore was ever tried.\n");
            return;
        }

        text.Append("| held | backup | outcome | RPO | RTO | forecast of before |\n|---|---|---|---|---|---|\n");
        foreach (var drill in facts.Drills.TakeLast(MostDrills).Reverse())
            Row(text, Time(Moment(drill["at"])), (string?)drill["set"] ?? "", (string?)drill["failure"] is { } failure ? $"**failed**: {failure}" : "passed", Measured(drill["rpo_seconds"]), Measured(drill["rto_seconds"]), Measured(drill["forecast_seconds"]));
        text.Append('\n');
    }

    private static void LastDrill(StringBuilder text, JsonObject? drill)
    {
        if (drill is null)
            return;
        text.Append(CultureInfo.InvariantCulture, $"## The last drill, step by step\n\nOf {(string?)drill["set"]}, at {Time(Moment(drill["at"]))}.\n\n| phase | took | bytes |\n|---|---|---|\n");
        foreach (var phase in drill["phases"] as JsonArray ?? [])
            Row(text, (string)phase!["name"]!, Span(TimeSpan.FromMilliseconds((double)phase["ms"]!)), (long?)phase["bytes"] is { } bytes ? BackupText.Size(bytes) : "");
        text.Append('\n');
        foreach (var check in drill["checks"] as JsonArray ?? [])
            text.Append(CultureInfo.InvariantCulture, $"- {(string?)check!["name"]}: {(string?)check["words"]}{((bool?)check["passed"] == false ? " **(wrong)**" : "")}\n");
        if (drill["commands"] is not JsonArray { Count: > 0 } commands)
            return;
        text.Append("\nWhat was run, and the end of what it said:\n\n```console\n");
        foreach (var command in commands)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(string?)command!["user"] ?? "root"}$ {(string?)command["command"]}\n");
            foreach (var line in command["output"] as JsonArray ?? [])
                text.Append(CultureInfo.InvariantCulture, $"{(string?)line}\n");
            if ((int?)command["exit_code"] is { } code and not 0)
                text.Append(CultureInfo.InvariantCulture, $"[exit code {code}]\n");
        }

        text.Append("```\n");
    }

    private static bool Proven(RecoveryFacts facts, string label) => facts.Drills.LastOrDefault(drill => (string?)drill["set"] == label) is { } last && last["failure"] is null;

    private static void Row(StringBuilder text, params IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" "))).Append(" |\n");

    private static string Measured(JsonNode? seconds) => (double?)seconds is { } measured ? Span(TimeSpan.FromSeconds(measured)) : "not measured";

    private static string Allowed(TimeSpan? most) => most is { } limit ? $", the policy allows {Span(limit)}" : ", the policy says nothing";

    private static DateTimeOffset Moment(JsonNode? node) => DateTimeOffset.Parse((string)node!, CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset moment) => BackupText.Time(moment);

    private static string Span(TimeSpan span) => BackupText.Span(span);
}

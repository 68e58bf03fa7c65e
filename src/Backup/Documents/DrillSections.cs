using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Lockkeeper.Backup.Verbs;

namespace Lockkeeper.Backup.Documents;

/// <summary>What the page for a disaster says of drills.</summary>
internal static class DrillSections
{
    private const int MostDrills = 10;

    /// <summary>Writes them.</summary>
    /// <param name="text">The page.</param>
    /// <param name="drills">The entries of the drills, the oldest first.</param>
    public static void Write(StringBuilder text, IReadOnlyList<JsonObject> drills)
    {
        All(text, drills);
        LastDrill(text, drills.LastOrDefault());
    }

    private static void All(StringBuilder text, IReadOnlyList<JsonObject> drills)
    {
        text.Append("## Drills\n\n");
        if (drills.Count == 0)
        {
            text.Append("No restore was ever tried.\n");
            return;
        }

        text.Append("| held | backup | outcome | RPO | RTO | forecast of before |\n|---|---|---|---|---|---|\n");
        foreach (var drill in drills.TakeLast(MostDrills).Reverse())
            PageText.Row(text, PageText.Time(PageText.Moment(drill["at"])), (string?)drill["set"] ?? "", (string?)drill["failure"] is { } failure ? $"**failed**: {failure}" : "passed", PageText.Measured(drill["rpo_seconds"]), PageText.Measured(drill["rto_seconds"]), PageText.Measured(drill["forecast_seconds"]));
        text.Append('\n');
    }

    private static void LastDrill(StringBuilder text, JsonObject? drill)
    {
        if (drill is null)
            return;
        text.Append(CultureInfo.InvariantCulture, $"## The last drill, step by step\n\nOf {(string?)drill["set"]}, at {PageText.Time(PageText.Moment(drill["at"]))}.\n\n| phase | took | bytes |\n|---|---|---|\n");
        foreach (var phase in drill["phases"] as JsonArray ?? [])
            PageText.Row(text, (string)phase!["name"]!, PageText.Span(TimeSpan.FromMilliseconds((double)phase["ms"]!)), (long?)phase["bytes"] is { } bytes ? BackupText.Size(bytes) : "");
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
}

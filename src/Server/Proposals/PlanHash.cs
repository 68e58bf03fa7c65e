using System.Text.Json;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Server.Proposals;

/// <summary>Tells whether a dry run says the same as another one did before.</summary>
internal static class PlanHash
{
    /// <summary>The hash of what a report says will be done. Names of runs, times and durations are another's each time, and are left out.</summary>
    public static string Of(string verb, Report report, Redactor redactor)
    {
        var data = JsonNode.Parse(JsonAnswer.Of(verb, report, redactor))!["data"];
        Strip(data);
        return Access.Secrets.Hash(data?.ToJsonString() ?? "");
    }

    private static void Strip(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
                Strip(item);
        }
        else if (node is JsonObject members)
        {
            foreach (var name in members.Select(member => member.Key).Where(IsOfTheMoment).ToList())
                members.Remove(name);
            foreach (var (_, member) in members)
                Strip(member);
        }
    }

    private static bool IsOfTheMoment(string name) =>
        name is "run" or "at" or "age" or "samples" || name.EndsWith("_ms", StringComparison.Ordinal) || name.EndsWith("_at", StringComparison.Ordinal) || name.EndsWith("_seconds", StringComparison.Ordinal);
}

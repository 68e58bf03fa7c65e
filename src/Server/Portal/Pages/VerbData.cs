using System.Text.Json;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Jobs;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>What a reading verb answers, for a page.</summary>
/// <param name="Report">The report; null when it failed.</param>
/// <param name="Data">Its data as JSON; null when it failed.</param>
/// <param name="Error">Why it failed or stopped; null when it did not.</param>
internal sealed record VerbData(Report? Report, JsonNode? Data, LockkeeperException? Error)
{
    /// <summary>Calls a verb as the person who looks at the page.</summary>
    public static async Task<VerbData> ReadAsync(HttpContext context, ServerParts parts, string verb, params (string Name, string Value)[] values)
    {
        var given = values.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);
        var (report, error) = await VerbWork.RunAsync(parts, parts.Verbs[verb], given, Guard.CallerOf(context).Name, new SilentProgress(), context.RequestAborted);
        return new VerbData(report, report is null ? null : JsonOf(report), error);
    }

    /// <summary>The report's text, or the error.</summary>
    public Html Page(ServerParts parts) => Html.Of($"{(Report is null ? Html.None : ReportHtml.Of(Report.Text, parts.Redactor))}{(Error is null ? Html.None : ReportHtml.Of(Error, parts.Redactor))}");

    /// <summary>The data of a report.</summary>
    public static JsonNode? JsonOf(Report report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
            report.WriteJson(json);
        return JsonNode.Parse(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }
}

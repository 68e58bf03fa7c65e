using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>The ledger as a file, written as it is read: its size does not matter.</summary>
internal static class LedgerExport
{
    private static readonly JsonSerializerOptions relaxed = new() { TypeInfoResolver = Jobs.JobJson.Default, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers with all entries of a search, the oldest first.</summary>
    public static async Task AnswerAsync(HttpContext context, ServerParts parts)
    {
        var caller = Guard.CallerOf(context);
        caller.Require(Role.Viewer);
        var format = context.Request.Query["format"].ToString();
        if (format is not ("csv" or "jsonl"))
            throw new LockkeeperException(ServerErrors.BadRequest, $"'{format}' is no format of an export", "Take csv or jsonl.");
        context.Response.ContentType = format == "csv" ? "text/csv; charset=utf-8; header=present" : "application/jsonl; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"ledger.{format}\"";
        using var workspace = parts.WorkspaceOf(caller.Name, new SilentProgress());
        await using var writer = new StreamWriter(context.Response.Body, new UTF8Encoding(false), 32 * 1024, leaveOpen: true);
        if (format == "csv")
            await writer.WriteAsync("number,at,kind,run,environment,database,actor,body,previous_hash,hash\r\n");
        await foreach (var entry in LedgerSearch.Of(context.Request).ReadAsync(workspace, context.RequestAborted))
            await writer.WriteAsync(format == "csv" ? Csv(entry, parts.Redactor) : Json(entry, parts.Redactor));
    }

    private static string Csv(LedgerEntry entry, Redactor redactor) => string.Join(',', new[]
    {
        $"{entry.Number}", Time(entry), Field(entry.Fact.Kind), Field(entry.Fact.Run), Field(entry.Fact.Environment), Field(entry.Fact.Database), Field(entry.Fact.Actor), Field(redactor.Redact(entry.Fact.Body)), entry.PreviousHash, entry.Hash,
    }) + "\r\n";

    /// <summary>RFC 4180. A spreadsheet takes what begins so for a formula and runs it; a quote before it makes it a text.</summary>
    internal static string Field(string? text)
    {
        if (text is null)
            return "";
        var safe = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n'") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string Json(LedgerEntry entry, Redactor redactor) => new JsonObject
    {
        ["number"] = entry.Number, ["at"] = Time(entry), ["kind"] = entry.Fact.Kind, ["run"] = entry.Fact.Run, ["environment"] = entry.Fact.Environment, ["database"] = entry.Fact.Database, ["actor"] = entry.Fact.Actor,
        ["body"] = redactor.Redact(entry.Fact.Body), ["previous_hash"] = entry.PreviousHash, ["hash"] = entry.Hash,
    }.ToJsonString(relaxed) + "\n";

    private static string Time(LedgerEntry entry) => entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

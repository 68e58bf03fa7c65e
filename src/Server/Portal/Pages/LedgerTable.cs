using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>Entries of the ledger as a table.</summary>
internal static class LedgerTable
{
    private static readonly JsonSerializerOptions indented = new() { WriteIndented = true, TypeInfoResolver = Jobs.JobJson.Default, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The table; a line when there are none.</summary>
    public static Html Of(IReadOnlyList<LedgerEntry> entries, Redactor redactor) => entries.Count == 0 ? Html.Of($"<p class=\"muted\">No such entry.</p>") : Html.Of($"""
        <div class="wide" tabindex="0"><table><thead><tr><th scope="col" class="number">#</th><th scope="col">Time (UTC)</th><th scope="col">What</th><th scope="col">Who</th><th scope="col">Environment</th><th scope="col">Database</th><th scope="col">Run</th><th scope="col">Evidence</th></tr></thead>
        <tbody>{entries.Select(entry => Row(entry, redactor))}</tbody></table></div>
        """);

    private static Html Row(LedgerEntry entry, Redactor redactor) => Html.Of($"""
        <tr><th scope="row" class="number">{entry.Number}</th><td>{entry.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}</td><td><span class="{ToneOf(entry.Fact.Kind)}">{entry.Fact.Kind}</span></td><td>{entry.Fact.Actor}</td>
        <td>{entry.Fact.Environment}</td><td>{entry.Fact.Database}</td><td><a href="/ledger?run={Uri.EscapeDataString(entry.Fact.Run)}">{entry.Fact.Run}</a></td>
        <td><details><summary>{Brief(redactor.Redact(entry.Fact.Body))}</summary><pre tabindex="0">{Read(redactor.Redact(entry.Fact.Body))?.ToJsonString(indented) ?? redactor.Redact(entry.Fact.Body)}</pre><p class="muted">hash {entry.Hash}<br>after {entry.PreviousHash}</p></details></td></tr>
        """);

    private static string ToneOf(string kind) => kind[(kind.LastIndexOf('.') + 1)..] switch { "failed" or "refused" or "sign_in_refused" => "bad", "done" or "passed" or "granted" or "applied" => "good", _ => "" };

    /// <summary>What says in words what happened, the most telling first; else all that is short.</summary>
    private static string Brief(string body)
    {
        var members = Read(body) as JsonObject;
        var text = new[] { "summary", "words", "message", "title", "text", "reason", "verb", "outcome" }.Select(name => members?[name] is JsonValue value && value.TryGetValue<string>(out var words) ? words : null).FirstOrDefault(words => words is not null)
            ?? (members is null ? body : string.Join(", ", members.Where(member => member.Value is JsonValue value && value.ToString().Length <= 40).Select(member => $"{member.Key} {member.Value}")));
        return text.Length == 0 ? "nothing more" : text.Length > 90 ? text[..90] + "…" : text;
    }

    /// <summary>A body that was tampered with may be no JSON any more.</summary>
    private static JsonNode? Read(string body)
    {
        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

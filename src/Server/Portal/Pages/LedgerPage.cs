using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>The ledger: searchable, and said to be whole or not.</summary>
internal static class LedgerPage
{
    private const int Looked = 2000;
    private const int Shown = 200;

    public static async Task<Html> OfAsync(HttpContext context, ServerParts parts)
    {
        var query = context.Request.Query;
        var (run, actor, database, word) = (Given("run"), Given("actor"), Given("database"), Given("word"));
        (string, string)[] values = [("last", $"{Looked}"), .. run.Length > 0 ? new[] { ("run", run) } : []];
        var (chain, show) = (await VerbData.ReadAsync(context, parts, "ledger verify"), await VerbData.ReadAsync(context, parts, "ledger show", values));
        var entries = (show.Data?["entries"]?.AsArray() ?? []).Select(entry => entry!).Where(Fits).Reverse().ToList();
        return Html.Of($"""
            {chain.Page(parts)}
            <form class="row card" method="get" action="/ledger">{Field("run", "Run", run)}{Field("actor", "Who", actor)}{Field("database", "Database", database)}{Field("word", "Anything in it", word)}<button class="quiet">Show</button></form>
            {Html.If(show.Report is null, () => show.Page(parts))}
            {Html.If(entries.Count == 0 && show.Report is not null, () => Html.Of($"<p class=\"muted\">No such entry among the last {Looked}.</p>"))}
            {Html.If(entries.Count > 0, () => Html.Of($"""
                <p class="muted">{entries.Count} of the last {Looked} entries{(entries.Count > Shown ? $", the newest {Shown} of them below" : "")}</p>
                <div class="wide" tabindex="0"><table><thead><tr><th scope="col">#</th><th scope="col">Time (UTC)</th><th scope="col">What</th><th scope="col">Who</th><th scope="col">Environment</th><th scope="col">Database</th><th scope="col">Run</th><th scope="col">Evidence</th></tr></thead>
                <tbody>{entries.Take(Shown).Select(entry => Row(entry))}</tbody></table></div>
                """))}
            """);

        string Given(string name) => query[name].ToString().Trim();

        bool Fits(JsonNode entry) => (actor.Length == 0 || (string?)entry["actor"] == actor) && (database.Length == 0 || (string?)entry["database"] == database)
            && (word.Length == 0 || entry.ToJsonString().Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    private static Html Row(JsonNode entry) => Html.Of($"""
        <tr><th scope="row">{(long)entry["number"]!}</th><td>{((DateTimeOffset)entry["at"]!).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}</td><td>{(string?)entry["kind"]}</td><td>{(string?)entry["actor"]}</td>
        <td>{(string?)entry["environment"]}</td><td>{(string?)entry["database"]}</td><td><a href="/ledger?run={Uri.EscapeDataString((string)entry["run"]!)}">{(string?)entry["run"]}</a></td>
        <td><details><summary>{Brief(entry["body"])}</summary><pre tabindex="0">{entry["body"]?.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true, TypeInfoResolver = Jobs.JobJson.Default, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })}</pre></details></td></tr>
        """);

    private static string Brief(JsonNode? body) => body?.ToJsonString() is { Length: > 2 } text ? text.Length > 70 ? text[..70] + "…" : text : "nothing more";

    private static Html Field(string name, string label, string value) => Html.Of($"<div><label for=\"{name}\">{label}</label><input id=\"{name}\" name=\"{name}\" value=\"{value}\"></div>");
}

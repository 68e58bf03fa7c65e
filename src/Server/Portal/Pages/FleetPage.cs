using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>Every database of every environment: what it runs, what is pending, what is wrong.</summary>
internal static class FleetPage
{
    public static async Task<Html> OfAsync(HttpContext context, ServerParts parts)
    {
        var (migrations, alerts) = (await VerbData.ReadAsync(context, parts, "migrate status"), await VerbData.ReadAsync(context, parts, "observe alerts list"));
        var firing = (alerts.Data?["alerts"]?.AsArray() ?? []).Where(alert => (string?)alert!["phase"] == "firing" && (bool?)alert["silenced"] != true).ToList();
        var rows = (migrations.Data?["databases"]?.AsArray() ?? []).SelectMany(database => database!["environments"]!.AsArray().Select(environment => (Database: (string)database["database"]!, Environment: environment!))).ToList();
        var down = rows.Count(row => row.Environment["error"] is not null);
        var pending = rows.Sum(row => (int)row.Environment["pending"]!);
        return Html.Of($"""
            <div class="tiles">{Tile($"{rows.Count}", Plain(rows.Count, "database"), "")}{Tile($"{down}", down == 1 ? "does not answer" : "do not answer", down > 0 ? "bad" : "good")}{Tile($"{pending}", Plain(pending, "migration") + " pending", pending > 0 ? "warning" : "good")}{Tile($"{firing.Count}", Plain(firing.Count, "alert") + " firing", firing.Count > 0 ? "bad" : "good")}</div>
            {Html.If(migrations.Report is null, () => migrations.Page(parts))}
            {Html.If(rows.Count > 0, () => Html.Of($"""
                <p><label for="find">Find a database</label><input id="find" type="search" data-filter="#fleet" placeholder="name, environment, version …"></p>
                <div class="wide" tabindex="0"><table id="fleet"><thead><tr><th scope="col">Database</th><th scope="col">Environment</th><th scope="col">State</th><th scope="col">Server</th><th scope="col">Applied</th><th scope="col">Pending</th><th scope="col">Release</th></tr></thead>
                <tbody>{rows.Select(row => Row(row.Database, row.Environment))}</tbody></table></div>
                """))}
            """);
    }

    private static Html Row(string database, JsonNode environment)
    {
        var (error, pending, findings) = ((string?)environment["error"], (int)environment["pending"]!, environment["findings"]!.AsArray().Count);
        var (word, tone) = error is not null ? ("does not answer", "bad") : findings > 0 ? (Plural.Of(findings, "finding"), "warning") : pending > 0 ? ("behind", "warning") : ("up to date", "good");
        return Html.Of($"""
            <tr><th scope="row">{database}</th><td>{(string?)environment["environment"]}</td><td><span class="pill {tone}">{word}</span></td><td>{(string?)environment["server"]}</td>
            <td>{(error is null ? $"{(int)environment["applied"]!}" : "")}</td><td>{(error is null ? $"{pending}" : "")}</td><td>{error ?? (string?)environment["release"]}</td></tr>
            """);
    }

    private static Html Tile(string number, string words, string tone) => Html.Of($"<div class=\"card tile\"><b class=\"{tone}\">{number}</b>{words}</div>");

    private static string Plain(int count, string noun) => Plural.Of(count, noun)[$"{count} ".Length..];
}

using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>Which alerts fire, which did, which are silenced, and the runbook of one beside it.</summary>
internal static class AlertsPage
{
    private static readonly string[] durations = ["30m", "1h", "2h", "8h", "1d", "7d"];

    public static async Task<Html> OfAsync(HttpContext context, ServerParts parts)
    {
        var (alerts, rules, caller) = (await VerbData.ReadAsync(context, parts, "observe alerts list", ("past", "true")), await VerbData.ReadAsync(context, parts, "observe alerts rules"), Guard.CallerOf(context));
        var all = (alerts.Data?["alerts"]?.AsArray() ?? []).Select(alert => alert!).ToList();
        var (open, past) = (all.Where(alert => (string?)alert["phase"] != "resolved").ToList(), all.Where(alert => (string?)alert["phase"] == "resolved").ToList());
        var silences = (alerts.Data?["silences"]?.AsArray() ?? []).Select(silence => silence!).ToList();
        var now = parts.Clock.GetUtcNow();
        return Html.Of($"""
            {Html.If(alerts.Data is null, () => alerts.Page(parts))}
            <div id="alerts" data-refresh="15">{Html.If(alerts.Data is not null, () => Watched(alerts.Data!, now))}
            {Html.If(alerts.Data is not null && open.Count == 0, () => Html.Of($"<p class=\"card good\">No alert fires.</p>"))}{open.Select(alert => Open(alert, caller, parts, now))}</div>
            {Html.If(silences.Count > 0, () => Html.Of($"<h2>Silences</h2>{silences.Select(silence => Silence(silence, caller, parts))}"))}
            {Html.If(past.Count > 0, () => Html.Of($"""
                <h2>Past</h2><div class="wide" tabindex="0"><table><thead><tr><th scope="col">Began (UTC)</th><th scope="col" class="number">Lasted</th><th scope="col">Severity</th><th scope="col">Alert</th><th scope="col">Target</th><th scope="col">What</th></tr></thead>
                <tbody>{past.Take(200).Select(Past)}</tbody></table></div>
                """))}
            <h2>Rules and runbooks</h2>
            <div class="wide" tabindex="0"><table><thead><tr><th scope="col">Rule</th><th scope="col">Severity</th><th scope="col">What it means</th></tr></thead>
            <tbody>{(rules.Data?["rules"]?.AsArray() ?? []).Select(rule => Html.Of($"<tr><th scope=\"row\"><a href=\"/alerts/{(string?)rule!["name"]}\">{(string?)rule["name"]}</a></th><td>{(string?)rule["severity"]}</td><td>{(string?)rule["meaning"]}</td></tr>"))}</tbody></table></div>
            """);
    }

    /// <summary>The runbook of a rule; with a target, its diagnosis run there.</summary>
    public static async Task<Html> RunbookAsync(HttpContext context, ServerParts parts)
    {
        var (rule, target) = (context.Request.RouteValues["rule"] as string ?? "", context.Request.Query["target"].ToString());
        (string, string)[] values = [("alert", rule), .. target.Length > 0 ? new[] { ("target", target) } : []];
        var (page, targets) = (await VerbData.ReadAsync(context, parts, "observe runbook", values), await VerbData.ReadAsync(context, parts, "observe targets"));
        var names = (targets.Data?["targets"]?.AsArray() ?? []).Select(one => (string)one!["name"]!).ToList();
        return Html.Of($"""
            <form class="row card" method="get" action="/alerts/{Uri.EscapeDataString(rule)}"><div><label for="target">Run the diagnosis on</label><select id="target" name="target"><option value="">nothing: only show it</option>{names.Select(name => Html.Of($"<option{(name == target ? new Html(" selected") : Html.None)}>{name}</option>"))}</select></div><button class="quiet">Run it</button></form>
            {page.Page(parts)}
            """);
    }

    private static Html Watched(JsonNode data, DateTimeOffset now)
    {
        var age = now - (DateTimeOffset)data["evaluated_at"]!;
        return age > TimeSpan.FromMinutes(2) ? Html.Of($"<p class=\"problem\">The rules were last evaluated {Durations.Words(age)} ago: nothing watches now.</p>") : Html.None;
    }

    private static Html Open(JsonNode alert, Caller caller, ServerParts parts, DateTimeOffset now)
    {
        var (rule, target, phase, silenced) = ((string)alert["rule"]!, (string)alert["target"]!, (string)alert["phase"]!, (bool)alert["silenced"]!);
        var tone = phase != "firing" || silenced ? "" : (string?)alert["severity"] == "critical" ? "bad" : "warning";
        return Html.Of($"""
            <article class="card alert {tone}"><p><span class="pill {tone}">{phase}{(silenced ? ", silenced" : "")}</span> <b><a href="/alerts/{Uri.EscapeDataString(rule)}">{rule}</a></b> on <b>{target}</b> <span class="muted">{(string?)alert["severity"]}, for {Durations.Words(now - (DateTimeOffset)alert["since"]!)}</span></p>
            <p>{(string?)alert["summary"]}</p>
            <p><a href="/alerts/{Uri.EscapeDataString(rule)}?target={Uri.EscapeDataString(target)}">Runbook, with the diagnosis run on {target}</a></p>
            {Html.If(!silenced && MaySilence(caller, parts), () => Form(caller, rule, target))}</article>
            """);
    }

    private static Html Form(Caller caller, string rule, string target)
    {
        var id = $"{rule}-{target}";
        return Html.Of($"""
            <details><summary>Silence it<span class="hidden"> {rule} on {target}</span></summary>
            <form class="row" method="post" action="/run/observe/alerts/silence" data-ask="Nobody will be told of {rule} on {target} for that time. Silence it?">{Layout.ForgeryField(caller)}<input type="hidden" name="match" value="alertname={rule},target={target}">
            <div><label for="for-{id}">For how long</label><select id="for-{id}" name="for">{durations.Select(one => Html.Of($"<option{(one == "2h" ? new Html(" selected") : Html.None)}>{one}</option>"))}</select></div>
            <div class="grow"><label for="why-{id}">Why</label><input id="why-{id}" name="reason" required maxlength="300"></div><button>Silence</button></form></details>
            """);
    }

    private static Html Silence(JsonNode silence, Caller caller, ServerParts parts)
    {
        var id = (string)silence["id"]!;
        return Html.Of($"""
            <div class="card"><p><b>{string.Join(", ", silence["matchers"]!.AsObject().Select(pair => $"{pair.Key}={(string?)pair.Value}"))}</b> until {Time((DateTimeOffset)silence["until"]!)} <span class="muted">by {(string?)silence["by"]}</span></p><p>{(string?)silence["reason"]}</p>
            {Html.If(MaySilence(caller, parts), () => RunForm.Of(parts, caller, "observe alerts silence", "End it", new() { ["end"] = id }, ask: "End this silence?", quiet: true))}</div>
            """);
    }

    private static Html Past(JsonNode alert)
    {
        var (since, until) = ((DateTimeOffset)alert["since"]!, (DateTimeOffset?)alert["resolved_at"]);
        return Html.Of($"""
            <tr><th scope="row">{since.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}</th><td class="number">{(until is { } end ? Durations.Words(TimeSpan.FromSeconds(Math.Round((end - since).TotalSeconds))) : "")}</td><td>{(string?)alert["severity"]}</td>
            <td><a href="/alerts/{Uri.EscapeDataString((string)alert["rule"]!)}">{(string?)alert["rule"]}</a></td><td>{(string?)alert["target"]}</td><td>{(string?)alert["summary"]}</td></tr>
            """);
    }

    private static bool MaySilence(Caller caller, ServerParts parts) => VerbRights.Allows(caller, parts.Verbs["observe alerts silence"], new Dictionary<string, string>());

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}

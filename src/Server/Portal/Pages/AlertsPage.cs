using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>Which alerts fire, and the runbook of one beside it.</summary>
internal static class AlertsPage
{
    public static async Task<Html> OfAsync(HttpContext context, ServerParts parts)
    {
        var (alerts, rules) = (await VerbData.ReadAsync(context, parts, "observe alerts list"), await VerbData.ReadAsync(context, parts, "observe alerts rules"));
        return Html.Of($"""
            {alerts.Page(parts)}
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
        return (await VerbData.ReadAsync(context, parts, "observe runbook", values)).Page(parts);
    }
}

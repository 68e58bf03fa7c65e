using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Jobs;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>A button that calls a verb, and what it sends.</summary>
internal static class RunForm
{
    /// <summary>The button, for who may use it; nothing for others.</summary>
    /// <param name="parts">The server.</param>
    /// <param name="caller">Who looks at the page.</param>
    /// <param name="verb">The words of the verb.</param>
    /// <param name="label">What stands on the button.</param>
    /// <param name="values">The values that it sends.</param>
    /// <param name="ask">What a person is asked before; null for nothing.</param>
    /// <param name="quiet">Whether it changes nothing, and looks so.</param>
    /// <param name="allowed">Whether the caller may, when the page knows more of it than the values say.</param>
    public static Html Of(ServerParts parts, Caller caller, string verb, string label, Dictionary<string, string> values, string? ask = null, bool quiet = false, bool? allowed = null) => !(allowed ?? VerbRights.Allows(caller, parts.Verbs[verb], values)) ? Html.None : Html.Of($"""
        <form class="inline" method="post" action="/run/{verb.Replace(' ', '/')}"{(ask is null ? Html.None : Html.Of($" data-ask=\"{ask}\""))}>{Layout.ForgeryField(caller)}{values.Select(pair => Html.Of($"<input type=\"hidden\" name=\"{pair.Key}\" value=\"{pair.Value}\">"))}
        <button{(quiet ? new Html(" class=\"quiet\"") : Html.None)}>{label}</button></form>
        """);

    /// <summary>Makes a job of a form, and goes to its page.</summary>
    public static async Task StartAsync(HttpContext context, ServerParts parts)
    {
        var path = (context.Request.RouteValues["verb"] as string ?? "").Replace('/', ' ');
        if (!parts.Verbs.TryGetValue(path, out var verb))
            throw WebServer.NoSuchPlace();
        var caller = Guard.CallerOf(context);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var values = form.Where(pair => pair.Key != Guard.ForgeryField && pair.Value.ToString().Length > 0).ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
        var job = await VerbRequest.StartAsync(parts, caller, verb, values, key: null, context.RequestAborted);
        await Answers.GoAsync(context, $"/jobs/{job.Id}");
    }
}

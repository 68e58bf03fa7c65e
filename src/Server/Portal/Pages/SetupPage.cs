using Lockkeeper.Kernel.Errors;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>Makes the first administrator, for who holds the link that the server printed when it started.</summary>
internal static class SetupPage
{
    /// <summary>The page.</summary>
    public static Task ShowAsync(HttpContext context, ServerParts parts, LockkeeperException? error)
    {
        var key = context.Request.Query["key"].ToString();
        parts.Desk.RequireSetup(key);
        return Answers.PageAsync(
            context,
            Layout.Of(new PageFrame("The first administrator", "/setup", null), Html.Of($"""
                <div class="card"><p>Nobody has an account yet. Yours will be the administrator's: it may do everything, and add others.</p>
                {Html.If(error is not null, () => ReportHtml.Of(error!, parts.Redactor))}
                <form class="stack" method="post" action="/setup?key={key}">
                <label>Name, as it will stand in the ledger<input name="name" autocomplete="username" required autofocus maxlength="64"></label>
                <label>Password, 12 characters or more<input name="password" type="password" autocomplete="new-password" required minlength="12"></label>
                <button>Begin</button></form></div>
                """)),
            error is null ? StatusCodes.Status200OK : Answers.StatusOf(error));
    }

    /// <summary>Makes the account and signs it in.</summary>
    public static async Task EnterAsync(HttpContext context, ServerParts parts)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        try
        {
            var account = parts.Desk.SetUp(context.Request.Query["key"].ToString(), form["name"].ToString(), form["password"].ToString());
            await parts.RecordAsync("server.set_up", account.Name, "{}", context.RequestAborted);
            await SignInPage.LetInAsync(context, parts.Desk.Begin(account));
        }
        catch (LockkeeperException e) when (e.Code == ServerErrors.BadPassword || e.Code == ServerErrors.BadRequest)
        {
            await ShowAsync(context, parts, e);
        }
    }
}

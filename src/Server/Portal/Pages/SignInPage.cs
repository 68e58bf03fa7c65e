using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>Signs people in and out.</summary>
internal static class SignInPage
{
    /// <summary>The page.</summary>
    public static Task ShowAsync(HttpContext context, LockkeeperException? error, string name = "") => Answers.PageAsync(
        context,
        Layout.Of(new PageFrame("Sign in", "/sign-in", null), Html.Of($"""
            <div class="card">{Html.If(error is not null, () => Html.Of($"<div class=\"problem\" role=\"alert\"><p><b>{error!.Code.Id}</b> {error.Message}</p><p>{error.Hint}</p></div>"))}
            <form class="stack" method="post" action="/sign-in">
            <label>Name<input name="name" value="{name}" autocomplete="username" required autofocus></label>
            <label>Password<input name="password" type="password" autocomplete="current-password" required></label>
            <button>Sign in</button></form></div>
            """)),
        error is null ? StatusCodes.Status200OK : Answers.StatusOf(error));

    /// <summary>Lets somebody in, or says why not.</summary>
    public static async Task EnterAsync(HttpContext context, ServerParts parts)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (name, address) = (form["name"].ToString(), context.Connection.RemoteIpAddress?.ToString() ?? "");
        try
        {
            var secret = parts.Desk.SignIn(name, form["password"].ToString(), address);
            await parts.RecordAsync("server.signed_in", name, new JsonObject { ["from"] = address }.ToJsonString(), context.RequestAborted);
            await LetInAsync(context, secret);
        }
        catch (LockkeeperException e) when (e.Code == ServerErrors.SignInRefused || e.Code == ServerErrors.TooManyTries)
        {
            // Who guesses must not be able to fill the ledger: what the limit refuses is not written.
            if (e.Code == ServerErrors.SignInRefused)
                await parts.RecordAsync("server.sign_in_refused", "server", new JsonObject { ["name"] = name.Length > 64 ? name[..64] : name, ["from"] = address }.ToJsonString(), context.RequestAborted);
            await ShowAsync(context, e, name);
        }
    }

    /// <summary>Gives the browser its session.</summary>
    public static Task LetInAsync(HttpContext context, string secret)
    {
        context.Response.Cookies.Append(context.Request.IsHttps ? Guard.SecureCookie : Guard.LocalCookie, secret, new CookieOptions
        {
            HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true, MaxAge = AccessDesk.Longest,
        });
        return Answers.GoAsync(context, "/");
    }

    /// <summary>Ends the session here and in the store, so that a copied cookie opens nothing.</summary>
    public static async Task LeaveAsync(HttpContext context, ServerParts parts)
    {
        var caller = Guard.CallerOf(context);
        if (caller.SessionKey is { } key)
            parts.Access.RemoveSession(key);
        await parts.RecordAsync("server.signed_out", caller.Name, "{}", context.RequestAborted);
        context.Response.Cookies.Delete(Guard.SecureCookie, new CookieOptions { Secure = true, Path = "/" });
        context.Response.Cookies.Delete(Guard.LocalCookie);
        await Answers.GoAsync(context, "/sign-in");
    }
}

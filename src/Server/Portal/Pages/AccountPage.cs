using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>One's own password and tokens.</summary>
internal static class AccountPage
{
    private const int LongestDays = 366;

    public static Task<Html> OfAsync(HttpContext context, ServerParts parts, Html note)
    {
        var caller = Guard.CallerOf(context);
        return Task.FromResult(Html.Of($"""
            {note}
            <p>You are <b>{caller.Name}</b>: {string.Join(", ", caller.Grants)}.</p>
            <h2>Tokens for programs</h2>
            {Html.If(parts.Access.Tokens(caller.Name).Count > 0, () => Html.Of($"<div class=\"wide\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">For</th><th scope=\"col\">May at most</th><th scope=\"col\">Until</th><th scope=\"col\">Revoke</th></tr></thead><tbody>{parts.Access.Tokens(caller.Name).Select(token => Row(token, caller, parts))}</tbody></table></div>"))}
            <form class="row card" method="post" action="/account/tokens">{Layout.ForgeryField(caller)}
            <div><label for="for">What it is for</label><input id="for" name="for" required maxlength="100" placeholder="CI of the shop"></div>
            <div><label for="roles">May at most</label><input id="roles" name="roles" required value="viewer"></div>
            <div><label for="days">Days</label><input id="days" name="days" type="number" min="1" max="{LongestDays}" value="90" required></div>
            <button>Make a token</button></form>
            <h2>Password</h2>
            <form class="row card" method="post" action="/account/password">{Layout.ForgeryField(caller)}
            <div><label for="now">Password now</label><input id="now" name="now" type="password" autocomplete="current-password" required></div>
            <div><label for="next">New password</label><input id="next" name="next" type="password" autocomplete="new-password" required minlength="{AccessDesk.ShortestPassword}"></div>
            <button>Change it</button></form>
            """));
    }

    /// <summary>Makes a token, and shows it this once.</summary>
    public static async Task TokenAsync(HttpContext context, ServerParts parts)
    {
        var (caller, form) = (Person(context), await context.Request.ReadFormAsync(context.RequestAborted));
        if (!int.TryParse(form["days"], NumberStyles.None, CultureInfo.InvariantCulture, out var days) || days is < 1 or > LongestDays)
            throw new LockkeeperException(ServerErrors.BadRequest, $"'{form["days"]}' is not a number of days", $"Give 1 to {LongestDays}.");
        var grants = Grant.ParseAll(form["roles"].ToString());
        if (grants.Count == 0)
            throw new LockkeeperException(ServerErrors.BadGrant, "no role is given", "Write viewer at least.");
        var (kept, shown) = parts.Desk.MakeToken(caller.Name, form["for"].ToString(), grants, TimeSpan.FromDays(days));
        await parts.RecordAsync("server.token_made", caller.Name, new JsonObject { ["token"] = kept.Id, ["for"] = kept.Name, ["roles"] = string.Join(", ", kept.Grants), ["until"] = kept.ExpiresAt.ToString("O") }.ToJsonString(), context.RequestAborted);
        var note = Html.Of($"<div class=\"note\" role=\"status\"><p>The token, shown this once: <code>{shown}</code></p><p>A program sends it so: <code>Authorization: Bearer {shown}</code></p></div>");
        await Answers.PageAsync(context, Layout.Of(new PageFrame("Your account", "/account", caller), await OfAsync(context, parts, note)));
    }

    /// <summary>Revokes a token; it opens nothing from now on. An administrator may revoke anybody's.</summary>
    public static async Task RevokeAsync(HttpContext context, ServerParts parts)
    {
        var caller = Guard.CallerOf(context);
        var token = parts.Access.Token(context.Request.RouteValues["id"] as string ?? "");
        if (token is null || (token.Account != caller.Name && !caller.May(Role.Admin)))
            throw WebServer.NoSuchPlace();
        parts.Access.RemoveToken(token.Id);
        await parts.RecordAsync("server.token_revoked", caller.Name, new JsonObject { ["token"] = token.Id, ["of"] = token.Account }.ToJsonString(), context.RequestAborted);
        await Answers.GoAsync(context, "/account");
    }

    /// <summary>Changes one's password: all other sessions end.</summary>
    public static async Task PasswordAsync(HttpContext context, ServerParts parts)
    {
        var (caller, form) = (Person(context), await context.Request.ReadFormAsync(context.RequestAborted));
        // The limit on guessing holds here too: a session that was left open must not become a way to try passwords.
        parts.Access.RemoveSession(Secrets.Hash(parts.Desk.SignIn(caller.Name, form["now"].ToString(), context.Connection.RemoteIpAddress?.ToString() ?? "")));
        var (before, after) = (form["now"].ToString(), form["next"].ToString());
        if (before == after)
            throw new LockkeeperException(ServerErrors.BadPassword, "the new password is the old one", "Take another.");
        var account = parts.Desk.WithPassword(parts.Access.Account(caller.Name)!, after);
        parts.Access.Put(account);
        await parts.RecordAsync("server.password_changed", caller.Name, "{}", context.RequestAborted);
        await SignInPage.LetInAsync(context, parts.Desk.Begin(account));
    }

    /// <summary>A token makes no tokens and sets no passwords: one that was lost must end when it says.</summary>
    private static Caller Person(HttpContext context) => Guard.CallerOf(context) is { SessionKey: not null } caller
        ? caller
        : throw new LockkeeperException(ServerErrors.NotAllowed, "a token can do nothing to the account that it stands for", "Sign in at /sign-in.");

    private static Html Row(ApiToken token, Caller caller, ServerParts parts) => Html.Of($"""
        <tr><th scope="row">{token.Name} <span class="muted">{token.Id}</span></th><td>{string.Join(", ", token.Grants)}</td><td>{token.ExpiresAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}{(token.ExpiresAt < parts.Clock.GetUtcNow() ? " (over)" : "")}</td>
        <td><form class="inline" method="post" action="/account/tokens/{token.Id}/revoke">{Layout.ForgeryField(caller)}<button class="quiet" aria-label="Revoke {token.Name}">Revoke</button></form></td></tr>
        """);
}

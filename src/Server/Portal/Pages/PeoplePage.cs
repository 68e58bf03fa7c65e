using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>Who may sign in and what they may do; for administrators.</summary>
internal static class PeoplePage
{
    public static Task<Html> OfAsync(HttpContext context, ServerParts parts, Html note)
    {
        var caller = Guard.CallerOf(context);
        return Task.FromResult(Html.Of($"""
            {note}
            <div class="wide" tabindex="0"><table><thead><tr><th scope="col">Name</th><th scope="col">Roles</th><th scope="col">Password</th><th scope="col">May sign in</th></tr></thead>
            <tbody>{parts.Access.Accounts().Select(account => Row(account, caller))}</tbody></table></div>
            <h2>Add somebody</h2>
            <form class="row card" method="post" action="/people">{Layout.ForgeryField(caller)}
            <div><label for="name">Name</label><input id="name" name="name" autocomplete="off" required maxlength="64"></div>
            <div><label for="roles">Roles</label><input id="roles" name="roles" required placeholder="viewer, dba@staging"></div>
            <div><label for="password">First password</label><input id="password" name="password" type="password" autocomplete="new-password" required minlength="{AccessDesk.ShortestPassword}"></div>
            <button>Add</button></form>
            <p class="muted">viewer looks, developer tries out, operator keeps running and approves, dba changes databases, admin decides who may what; each may all that those before it may. dba@staging holds in one environment, dba@prod/shop for one database of it.</p>
            """));
    }

    /// <summary>Adds somebody.</summary>
    public static async Task AddAsync(HttpContext context, ServerParts parts)
    {
        var (caller, form) = (Guard.CallerOf(context), await context.Request.ReadFormAsync(context.RequestAborted));
        caller.Require(Role.Admin);
        var account = parts.Desk.Make(form["name"].ToString().Trim(), form["password"].ToString(), Roles(form["roles"].ToString()));
        await RecordAsync(context, parts, "server.person_added", account);
        await Answers.GoAsync(context, "/people");
    }

    /// <summary>Changes somebody's roles or password, or shuts them out or lets them in again.</summary>
    public static async Task ChangeAsync(HttpContext context, ServerParts parts)
    {
        var (caller, form) = (Guard.CallerOf(context), await context.Request.ReadFormAsync(context.RequestAborted));
        caller.Require(Role.Admin);
        var account = parts.Access.Account(context.Request.RouteValues["name"] as string ?? "") ?? throw WebServer.NoSuchPlace();
        var changed = form["do"].ToString() switch
        {
            "roles" => account with { Grants = [.. Roles(form["roles"].ToString()).Select(grant => grant.ToString())] },
            "password" => parts.Desk.WithPassword(account, form["password"].ToString()),
            // Another stamp ends the sessions that are open.
            "shut-out" => account with { IsDisabled = true, Stamp = Secrets.New() },
            "let-in" => account with { IsDisabled = false },
            var other => throw new LockkeeperException(ServerErrors.BadRequest, $"'{other}' is nothing that can be done to a person", "Load the page again and use its buttons."),
        };
        if (!parts.Access.Accounts().Any(one => IsAdmin(one.Name == changed.Name ? changed : one)))
            throw new LockkeeperException(ServerErrors.LastAdmin, $"without {account.Name} there would be no administrator", "Make somebody else an administrator first.");
        parts.Access.Put(changed);
        await RecordAsync(context, parts, "server.person_changed", changed);
        await Answers.GoAsync(context, "/people");
    }

    private static IReadOnlyList<Grant> Roles(string text) => Grant.ParseAll(text) is { Count: > 0 } grants ? grants : throw new LockkeeperException(ServerErrors.BadGrant, "no role is given", "Write viewer at least.");

    private static bool IsAdmin(Account account) => !account.IsDisabled && account.ReadGrants().Any(grant => grant.Covers(Role.Admin, null, null));

    private static Task RecordAsync(HttpContext context, ServerParts parts, string kind, Account account) => parts.RecordAsync(
        kind, Guard.CallerOf(context).Name,
        new JsonObject { ["name"] = account.Name, ["roles"] = string.Join(", ", account.Grants), ["may_sign_in"] = !account.IsDisabled }.ToJsonString(), context.RequestAborted);

    private static Html Row(Account account, Caller caller) => Html.Of($"""
        <tr><th scope="row">{account.Name}</th>
        <td>{Form(account, caller, "roles", Html.Of($"<input name=\"roles\" aria-label=\"Roles of {account.Name}\" value=\"{string.Join(", ", account.Grants)}\">"), "Change")}</td>
        <td>{Form(account, caller, "password", Html.Of($"<input name=\"password\" type=\"password\" autocomplete=\"new-password\" aria-label=\"New password of {account.Name}\" minlength=\"{AccessDesk.ShortestPassword}\" required>"), "Set")}</td>
        <td>{(account.IsDisabled ? Form(account, caller, "let-in", Html.None, "Let in again") : Form(account, caller, "shut-out", Html.None, "Shut out"))}</td></tr>
        """);

    private static Html Form(Account account, Caller caller, string what, Html field, string label) => Html.Of($"""
        <form class="inline" method="post" action="/people/{account.Name}">{Layout.ForgeryField(caller)}<input type="hidden" name="do" value="{what}">{field} <button class="quiet" aria-label="{label}: {account.Name}">{label}</button></form>
        """);
}

using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Api;
using Lockkeeper.Server.Jobs;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>Migrations by environments, what waits for an approval, and the buttons that carry a release on.</summary>
internal static class PipelinePage
{
    /// <summary>Requests further back have been used or forgotten; the ledger page shows them all.</summary>
    private const int EntriesLookedAt = 5000;

    public static async Task<Html> OfAsync(HttpContext context, ServerParts parts)
    {
        var caller = Guard.CallerOf(context);
        IReadOnlyList<EnvironmentConfig> environments;
        using (var home = parts.WorkspaceOf(caller.Name, new SilentProgress()))
            environments = home.Config.Environments;
        var status = await VerbData.ReadAsync(context, parts, "migrate status");
        if (status.Data is null)
            return status.Page(parts);
        using var workspace = parts.WorkspaceOf(caller.Name, new SilentProgress());
        var waiting = (await ApprovalRequest.ReadAsync(workspace.Ledger, new LedgerFilter { Last = EntriesLookedAt }, context.RequestAborted)).Where(request => !request.Used).Reverse().ToList();
        var repository = await RepositoryCard.OfAsync(parts, workspace, status.Data["databases"]!.AsArray(), context.RequestAborted);
        return Html.Of($"""
            {RunningPart(context, parts)}
            {Html.If(waiting.Count > 0, () => Html.Of($"<h2>Approvals</h2>{waiting.Select(request => Approval(request, caller, parts))}"))}
            {repository}
            {status.Data["databases"]!.AsArray().Select(database => Matrix(database!, environments, caller, parts))}
            """);
    }

    /// <summary>What runs, by itself: the pipeline page reads it again and again, and itself only when something begins or ends.</summary>
    public static Task<Html> RunningAsync(HttpContext context, ServerParts parts) => Task.FromResult(RunningPart(context, parts));

    private static Html RunningPart(HttpContext context, ServerParts parts)
    {
        var running = parts.Jobs.Store.Open().Where(job => job.Verb.StartsWith("migrate ", StringComparison.Ordinal) && JobApi.MaySee(context, job, parts)).ToList();
        return Html.Of($"""
            <section id="running" data-refresh="3" data-from="/pipeline/running" data-key="{string.Join(' ', running.Select(job => job.Id))}">{(running.Count == 0
                ? Html.Of($"<p class=\"muted\">No migration runs now.</p>")
                : Html.Of($"<h2>Running</h2>{running.Select(job => Running(job, parts))}"))}</section>
            """);
    }

    private static Html Running(Job job, ServerParts parts)
    {
        var (blocked, said) = (parts.Jobs.BlockedBy(job), parts.Jobs.LinesOf(job));
        return Html.Of($"""
            <div class="card"><p>{JobsPage.Pill(job)} <a href="/jobs/{job.Id}">{JobsPage.Words(job)}</a> <span class="muted">called by {job.Actor}</span>{Html.If(blocked.Count > 0, () => Html.Of($" <span class=\"pill bad\">in its way on {string.Join(", ", blocked.Select(one => one.Target))}: {Plural.Of(blocked.Sum(one => one.Run.Sessions.TakeWhile(session => !session.IsRun).Count()), "session")}</span>"))}</p>
            {Html.If(said.Count > 0, () => Html.Of($"<p>{said[^1]}</p>"))}</div>
            """);
    }

    public static Html Approval(ApprovalRequest request, Caller caller, ServerParts parts)
    {
        // Nobody approves what they asked for; the verb refuses it too.
        var may = caller.Name != request.Requester && !request.Approvers.Contains(caller.Name) && !request.IsApproved && caller.May(Role.Operator, request.Environment, request.Database);
        return Html.Of($"""
            <div class="card"><p><span class="pill {(request.IsApproved ? "good" : "warning")}">{(request.IsApproved ? "approved" : $"{request.Approvers.Count} of {request.Required} approvals")}</span>
            <b>{request.Requester}</b> asks to change <b>{request.Database}</b> in <b>{request.Environment}</b> <span class="muted">run {request.Run}{(request.Approvers.Count > 0 ? ", approved by " + string.Join(", ", request.Approvers) : "")}</span></p>
            <p><a href="/ledger?run={request.Run}">What it would do</a></p>
            {RunForm.Of(parts, caller, "approve", "Approve", new() { ["run"] = request.Run }, ask: $"Approve run {request.Run} of {request.Requester} on {request.Environment}?", allowed: may)}</div>
            """);
    }

    private static Html Matrix(JsonNode database, IReadOnlyList<EnvironmentConfig> declared, Caller caller, ServerParts parts)
    {
        var name = (string)database["database"]!;
        var environments = database["environments"]!.AsArray().Select(environment => environment!).ToList();
        return Html.Of($"""
            <h2>{name}</h2>
            <div class="wide" tabindex="0"><table><thead><tr><th scope="col">Migration</th>{environments.Select(environment => Html.Of($"<th scope=\"col\">{(string?)environment["environment"]}</th>"))}</tr></thead>
            <tbody>{database["migrations"]!.AsArray().Reverse().Select(migration => Row(migration!, name))}</tbody></table></div>
            {environments.Select(environment => Buttons(caller, name, environment, parts, IsPromoted(declared, environment)))}
            """);
    }

    private static Html Row(JsonNode migration, string database) => Html.Of($"""
        <tr><th scope="row"><a href="{ChangePage.PathOf(database, (string)migration["id"]!)}">{$"{(string?)migration["id"]} {(string?)migration["name"]}".Trim()}</a></th>{migration["states"]!.AsArray().Select(state => Html.Of($"<td><a class=\"pill {Tone((string)state!)}\" href=\"{ChangePage.PathOf(database, (string)migration["id"]!)}\">{(string)state!}</a></td>"))}</tr>
        """);

    private static Html Buttons(Caller caller, string database, JsonNode environment, ServerParts parts, bool isPromoted)
    {
        var (name, pending) = ((string)environment["environment"]!, (int)environment["pending"]!);
        if (environment["error"] is not null || pending == 0)
            return Html.None;
        Dictionary<string, string> place = new() { ["env"] = name, ["database"] = database };
        return Html.Of($"""
            <div class="card"><p><b>{name}</b>: {pending} pending</p>
            {RunForm.Of(parts, caller, "migrate plan", "Show the plan", place, quiet: true)}
            {(isPromoted
                ? RunForm.Of(parts, caller, "migrate promote", $"Promote to {name}", new() { ["to"] = name, ["database"] = database, ["yes"] = "true" }, ask: $"Bring the release of {database} to {name}?")
                : RunForm.Of(parts, caller, "migrate apply", "Apply", new(place) { ["yes"] = "true" }, ask: $"Apply what is pending to {database} in {name}?"))}</div>
            """);
    }

    /// <summary>Whether a release comes here from the environment before, and not from the files.</summary>
    private static bool IsPromoted(IReadOnlyList<EnvironmentConfig> declared, JsonNode environment) =>
        declared.Skip(1).FirstOrDefault(one => one.Name == (string?)environment["environment"]) is { RequirePromotion: true };

    public static string Tone(string state) => state switch
    {
        "applied" or "baseline" => "good", "pending" or "held" => "warning", "-" => "", _ => state.Contains("pending", StringComparison.Ordinal) ? "warning" : "bad",
    };
}

using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>The declared clusters with what can be done to each, and the form that asks for a new one.</summary>
internal static class ProvisionPage
{
    private const int EntriesLookedAt = 5000;

    public static async Task<Html> OfAsync(HttpContext context, ServerParts parts)
    {
        var caller = Guard.CallerOf(context);
        using var workspace = parts.WorkspaceOf(caller.Name, new SilentProgress());
        var clusters = ClusterReader.Load(workspace.ProjectFolder, workspace.Config.Include);
        var names = clusters.Select(cluster => cluster.Name).ToHashSet(StringComparer.Ordinal);
        var waiting = (await ApprovalRequest.ReadAsync(workspace.Ledger, new LedgerFilter { Last = EntriesLookedAt }, context.RequestAborted)).Where(request => !request.Used && request.Database is { } database && names.Contains(database)).Reverse().ToList();
        return Html.Of($"""
            {Html.If(waiting.Count > 0, () => Html.Of($"<h2>Approvals</h2>{waiting.Select(request => PipelinePage.Approval(request, caller, parts))}"))}
            {(clusters.Count == 0 ? Html.Of($"<p class=\"muted\">No file declares a cluster yet.</p>") : Html.Join(clusters.Select(cluster => Cluster(cluster, caller, parts))))}
            {Html.If(Environments(workspace, caller).Count > 0, () => Html.Of($"<h2>Ask for a new one</h2>{Form(workspace, caller)}"))}
            """);
    }

    /// <summary>Shows what would be declared; nothing is written yet.</summary>
    public static async Task DraftAsync(HttpContext context, ServerParts parts)
    {
        var (caller, form) = (Guard.CallerOf(context), await context.Request.ReadFormAsync(context.RequestAborted));
        using var workspace = parts.WorkspaceOf(caller.Name, new SilentProgress());
        var request = Read(form, workspace, caller);
        await Answers.PageAsync(context, Layout.Of(new PageFrame("A new cluster", "/provision", caller), Html.Of($"""
            <p>This would be declared. Nothing is written yet.</p>
            <pre tabindex="0">{request.Yaml(caller.Name)}</pre>
            <p>The server of Lockkeeper needs the administrator's URL in the variable <code>{request.AdminVariable}</code> before anything can be planned.</p>
            <form class="row" method="post" action="/provision/write" data-ask="Write the file of {request.Name} into the project?">{Layout.ForgeryField(caller)}{form.Where(pair => pair.Key != Guard.ForgeryField).Select(pair => Html.Of($"<input type=\"hidden\" name=\"{pair.Key}\" value=\"{pair.Value.ToString()}\">"))}<button>Write the file</button> <a href="/provision">Leave it</a></form>
            """)));
    }

    /// <summary>Writes the declaration, at the place that we choose.</summary>
    public static async Task WriteAsync(HttpContext context, ServerParts parts)
    {
        var (caller, form) = (Guard.CallerOf(context), await context.Request.ReadFormAsync(context.RequestAborted));
        using var workspace = parts.WorkspaceOf(caller.Name, new SilentProgress());
        var request = Read(form, workspace, caller);
        var file = await request.WriteAsync(workspace, context.RequestAborted);
        await workspace.Ledger.AppendAsync(new LedgerFact("provision.declared", RunId.New(parts.Clock), request.Environment, request.Name, caller.Name, new JsonObject { ["file"] = file, ["declaration"] = request.Yaml(caller.Name) }.ToJsonString()), context.RequestAborted);
        await Answers.GoAsync(context, "/provision#" + request.Name);
    }

    private static ClusterRequest Read(IFormCollection form, Workspace workspace, Caller caller)
    {
        var request = ClusterRequest.Of(form, [.. workspace.Config.Environments.Select(environment => environment.Name)]);
        caller.Require(Role.Dba, request.Environment);
        return request;
    }

    private static Html Cluster(ClusterConfig cluster, Caller caller, ServerParts parts)
    {
        var place = new Dictionary<string, string> { ["cluster"] = cluster.Name };
        var port = cluster.Instance?.Value.Port;
        return Html.Of($"""
            <section class="card" id="{cluster.Name}"><h2>{cluster.Name}</h2>
            <p>{cluster.Engine}{(cluster.Version is { } version ? $" {version}" : "")}{(cluster.Environment is { } environment ? $" in {environment.Value}" : "")} <span class="muted">{cluster.File}</span> {Html.If(cluster.Protect, () => Html.Of($"<span class=\"pill good\">protected</span>"))}</p>
            {Html.If(port is not null && cluster.Databases.Count > 0, () => Html.Of($"<p>Applications reach it at <code>postgres://{cluster.Databases.First().Value.Value.Owner?.Value ?? "ROLE"}@{(cluster.Primary.IsLocal ? "127.0.0.1" : cluster.Primary.Host)}:{port!.Value}/{cluster.Databases.First().Key}</code></p>"))}
            <p>{RunForm.Of(parts, caller, "provision plan", "Show the plan", place, quiet: true)} {RunForm.Of(parts, caller, "provision drift", "Look for drift", place, quiet: true)}
            {RunForm.Of(parts, caller, "provision apply", "Apply", new(place) { ["yes"] = "true" }, ask: $"Make {cluster.Name} as it is declared?")}</p>
            {Html.If((cluster.Instance ?? (object?)cluster.Managed) is not null && VerbRights.Allows(caller, parts.Verbs["provision destroy"], place), () => Destroy(cluster, caller))}</section>
            """);
    }

    private static Html Destroy(ClusterConfig cluster, Caller caller) => cluster.Protect
        ? Html.Of($"<details><summary>Destroy it<span class=\"hidden\"> {cluster.Name}</span></summary><p class=\"muted\">It is protected. Write 'protect: false' into {cluster.File} first, so that the repository says that it may go.</p></details>")
        : Html.Of($"""
            <details><summary>Destroy it<span class="hidden"> {cluster.Name}</span></summary><form class="row" method="post" action="/run/provision/destroy" data-ask="All data of {cluster.Name} will be lost. Destroy it?">{Layout.ForgeryField(caller)}<input type="hidden" name="cluster" value="{cluster.Name}"><input type="hidden" name="yes" value="true">
            <div><label for="destroy-{cluster.Name}">Its name once more</label><input id="destroy-{cluster.Name}" name="name" required autocomplete="off" pattern="{cluster.Name}"></div>
            <div><label><input type="checkbox" name="no-last-backup" value="true" required> without a last backup</label></div><button class="danger">Destroy</button></form>
            <p class="muted">With a last backup: lk provision destroy {cluster.Name} --yes --name {cluster.Name} --last-backup FOLDER</p></details>
            """);

    private static List<string> Environments(Workspace workspace, Caller caller) => [.. workspace.Config.Environments.Select(environment => environment.Name).Where(name => caller.May(Role.Dba, name))];

    private static Html Form(Workspace workspace, Caller caller) => Html.Of($"""
        <form class="row card" method="post" action="/provision/draft">{Layout.ForgeryField(caller)}
        <div><label for="name">Name</label><input id="name" name="name" required maxlength="40" pattern="[a-z][a-z0-9\-]*" placeholder="shop-dev"></div>
        <div><label for="engine">Engine</label><select id="engine" name="engine">{ClusterRequest.Engines.Select(engine => Html.Of($"<option>{engine}</option>"))}</select></div>
        <div><label for="version">Version</label><select id="version" name="version">{ClusterRequest.Versions.Select(version => Html.Of($"<option{(version == 17 ? new Html(" selected") : Html.None)}>{version}</option>"))}</select></div>
        <div><label for="size">Size</label><select id="size" name="size">{ClusterRequest.Sizes.Select(size => Html.Of($"<option value=\"{size.Key}\">{size.Key}: {size.Words}</option>"))}</select></div>
        <div><label for="environment">Environment</label><select id="environment" name="environment">{Environments(workspace, caller).Select(name => Html.Of($"<option>{name}</option>"))}</select></div>
        <div><label for="owner">Owner</label><input id="owner" name="owner" required maxlength="40" pattern="[a-z][a-z0-9_]*" placeholder="shop_team"></div>
        <div><label for="port">Port</label><input id="port" name="port" type="number" min="1024" max="65535" value="5433" required></div>
        <button>Show the declaration</button></form>
        """);
}

using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Portal.Charts;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>The backups of each cluster: policy, what drills have measured, sets, what can be restored, and the forms that start something.</summary>
internal static class BackupsPage
{
    public static async Task<Html> OfAsync(HttpContext context, ServerParts parts)
    {
        var caller = Guard.CallerOf(context);
        using var workspace = parts.WorkspaceOf(caller.Name, new SilentProgress());
        var clusters = ClusterReader.Load(workspace.ProjectFolder, workspace.Config.Include).Where(cluster => cluster.Backup is not null).ToList();
        if (clusters.Count == 0)
            return Html.Of($"<p class=\"muted\">No declared cluster has a backup policy: write 'backup:' into its file under clusters/.</p>");
        var pieces = await Task.WhenAll(clusters.Select(cluster => ClusterAsync(context, parts, caller, cluster, workspace)));
        return Html.Join(pieces);
    }

    /// <summary>The page for the day of a disaster.</summary>
    public static async Task<Html> RecoveryAsync(HttpContext context, ServerParts parts)
    {
        var document = await VerbData.ReadAsync(context, parts, "backup document", ("cluster", (string)context.Request.RouteValues["cluster"]!));
        return document.Data is { } data ? Html.Of($"<p><a href=\"/backups\">All backups</a></p><div class=\"doc\">{MarkdownHtml.Of(parts.Redactor.Redact((string)data["markdown"]!), "").Body}</div>") : document.Page(parts);
    }

    private static async Task<Html> ClusterAsync(HttpContext context, ServerParts parts, Caller caller, ClusterConfig cluster, Workspace workspace)
    {
        var name = cluster.Name;
        var (list, estimate) = (await VerbData.ReadAsync(context, parts, "backup list", ("cluster", name)), await VerbData.ReadAsync(context, parts, "backup estimate", ("cluster", name)));
        var sets = (list.Data?["repositories"]?.AsArray() ?? []).SelectMany(repository => repository!["sets"]!.AsArray()).Select(set => (string)set!["label"]!).Distinct().Reverse().ToList();
        return Html.Of($"""
            <section class="card"><h2>{name}</h2><p>{Policy(cluster.Backup!.Value)} · <a href="/backups/{Uri.EscapeDataString(name)}/recovery">Page for a disaster</a></p>
            {await DrillChart.OfAsync(cluster, workspace, context.RequestAborted)}
            {list.Page(parts)}{estimate.Page(parts)}
            {Form(parts, caller, "backup take", name, "Take a backup", cluster.Managed is not null ? Html.None : Html.Of($"{Select(name, "type", "Type", ["incremental", "differential", "full"])}"))}
            {Form(parts, caller, "backup drill", name, "Run a drill", Select(name, "set", "Set", ["", .. sets]))}
            {Form(parts, caller, "backup restore", name, "Restore beside it", Html.Of($"""
                {Select(name, "set", "Set", ["", .. sets], "restore")}<div><label for="target-{name}">To</label><input id="target-{name}" name="target" value="latest" required maxlength="100"></div>
                {OnlyDatabase(cluster)}
                """), cluster.Managed is not null ? "Let the service make a new instance, which costs money until it is deleted?" : "Restore a copy into a new folder on its host? The server itself is not touched.")}
            <p>{(cluster.Managed is not null ? Html.None : RunForm.Of(parts, caller, "backup verify", "Verify", new() { ["cluster"] = name }, quiet: true))}</p></section>
            """);
    }

    private static Html OnlyDatabase(ClusterConfig cluster) => cluster.Managed is not null ? Html.None : Html.Of($"<div><label for=\"database-{cluster.Name}\">Only this database</label><input id=\"database-{cluster.Name}\" name=\"database\" maxlength=\"63\"></div>");

    private static string Policy(BackupConfig policy) => string.Join(", ", new[]
    {
        policy.RecoveryPoint is { } point ? $"RPO {Quantity.Words(point.TotalSeconds, "seconds")}" : "no RPO declared", policy.RecoveryTime is { } time ? $"RTO {Quantity.Words(time.TotalSeconds, "seconds")}" : "no RTO declared", $"a drill every {Quantity.Words(policy.Drill.Every.TotalSeconds, "seconds")}",
        policy.Repositories.Count switch { 0 => "kept by its service", 1 => "1 repository", var count => $"{count} repositories" },
    });

    private static Html Form(ServerParts parts, Caller caller, string verb, string cluster, string label, Html fields, string? ask = null) => !VerbRights.Allows(caller, parts.Verbs[verb], new Dictionary<string, string> { ["cluster"] = cluster }) ? Html.None : Html.Of($"""
        <form class="row" method="post" action="/run/{verb.Replace(' ', '/')}"{(ask is null ? Html.None : Html.Of($" data-ask=\"{ask}\""))}>{Layout.ForgeryField(caller)}<input type="hidden" name="cluster" value="{cluster}">{fields}<button aria-label="{label}: {cluster}">{label}</button></form>
        """);

    private static Html Select(string cluster, string name, string label, IReadOnlyList<string> values, string use = "") => Html.Of($"""
        <div><label for="{use}{name}-{cluster}">{label}</label><select id="{use}{name}-{cluster}" name="{name}">{values.Select(value => Html.Of($"<option value=\"{value}\">{(value.Length > 0 ? value : "newest that fits")}</option>"))}</select></div>
        """);
}

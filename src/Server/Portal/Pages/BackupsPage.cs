using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>The backups of each cluster: sets, what can be restored, how long that takes, and the buttons.</summary>
internal static class BackupsPage
{
    public static async Task<Html> OfAsync(HttpContext context, ServerParts parts)
    {
        var caller = Guard.CallerOf(context);
        IReadOnlyList<string> clusters;
        using (var workspace = parts.WorkspaceOf(caller.Name, new SilentProgress()))
            clusters = [.. ClusterReader.Load(workspace.ProjectFolder, workspace.Config.Include).Where(cluster => cluster.Backup is not null).Select(cluster => cluster.Name)];
        if (clusters.Count == 0)
            return Html.Of($"<p class=\"muted\">No declared cluster has a backup policy: write 'backup:' into its file under clusters/.</p>");
        var pieces = await Task.WhenAll(clusters.Select(name => ClusterAsync(context, parts, caller, name)));
        return Html.Join(pieces);
    }

    private static async Task<Html> ClusterAsync(HttpContext context, ServerParts parts, Caller caller, string name)
    {
        var (list, estimate) = (await VerbData.ReadAsync(context, parts, "backup list", ("cluster", name)), await VerbData.ReadAsync(context, parts, "backup estimate", ("cluster", name)));
        return Html.Of($"""
            <section class="card"><h2>{name}</h2>{list.Page(parts)}{estimate.Page(parts)}
            <p>{RunForm.Of(parts, caller, "backup take", "Take a backup", new() { ["cluster"] = name })} {RunForm.Of(parts, caller, "backup drill", "Run a drill", new() { ["cluster"] = name })} {RunForm.Of(parts, caller, "backup verify", "Verify", new() { ["cluster"] = name }, quiet: true)}</p></section>
            """);
    }
}

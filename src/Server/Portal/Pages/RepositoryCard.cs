using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Git;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>Which commit the project is at, and which commit each environment is at, by the migrations that are applied there.</summary>
internal static class RepositoryCard
{
    /// <summary>An environment that is further behind than this many commits with migrations is said to be so.</summary>
    private const int CommitsLookedAt = 300;

    /// <summary>The card; nothing for a project whose repository is not followed.</summary>
    public static async Task<Html> OfAsync(ServerParts parts, Workspace workspace, JsonArray databases, CancellationToken cancel)
    {
        if (workspace.Config.Server.Git is not { } git || GitProject.Of(workspace, workspace.ProjectFolder) is not { } clone)
            return Html.None;
        try
        {
            var head = await clone.ShowAsync("HEAD", cancel);
            var rows = new List<Html>();
            foreach (var database in databases)
                rows.Add(await RowAsync(clone, database!, workspace.Config.Databases.Single(one => one.Name == (string?)database!["database"]).Migrations, cancel));
            var problem = parts.Follower?.State?.Problem;
            return Html.Of($"""
                <section class="card"><p>The project is at <code>{head.Short}</code> {head.Subject} <span class="muted">of {git.Branch}, made {head.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)}</span></p>
                {Html.If(problem is not null, () => Html.Of($"<div class=\"problem\" role=\"alert\"><p>The repository could not be followed: {problem}</p></div>"))}
                {rows}</section>
                """);
        }
        catch (LockkeeperException e)
        {
            return ReportHtml.Of(e, parts.Redactor);
        }
    }

    private static async Task<Html> RowAsync(GitProject clone, JsonNode database, string migrations, CancellationToken cancel)
    {
        var commits = await clone.LogAsync(migrations, CommitsLookedAt, cancel);
        var files = database["migrations"]!.AsArray();
        var places = database["environments"]!.AsArray().Select((environment, i) =>
        {
            var name = (string?)environment!["environment"];
            if (environment["error"] is not null || commits.Count == 0)
                return Html.Of($"<li><b>{name}</b>: not known</li>");
            var at = DeployedCommit.Of(commits, files.Where(file => (string?)file!["states"]![i] is not ("applied" or "baseline" or "-")).Select(file => (string)file!["file"]!));
            var behind = at is null ? commits.Count : commits.TakeWhile(commit => commit.Id != at.Id).Count();
            return Html.Of($"<li><b>{name}</b>: {(at is null ? Html.Of($"before {commits[^1].Short}") : Html.Of($"<code>{at.Short}</code> {at.Subject}"))}{(behind == 0 ? "" : $", {behind} {(behind == 1 ? "commit" : "commits")} with migrations behind")}</li>");
        });
        return Html.Of($"<p>{(string?)database["database"]}</p><ul>{places}</ul>");
    }
}

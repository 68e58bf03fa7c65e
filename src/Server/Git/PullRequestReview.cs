using System.Text;
using System.Text.Json.Nodes;
using Lockkeeper.Host;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Http;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Server.Git;

/// <summary>What a review has found.</summary>
/// <param name="Commit">The commit that was looked at.</param>
/// <param name="Base">Where its history parts from what is checked out here.</param>
/// <param name="Exit">The worst of lint and proof.</param>
/// <param name="Proved">Whether its migrations were tried.</param>
/// <param name="Markdown">The comment.</param>
internal sealed record Review(string Commit, string Base, ExitCode Exit, bool Proved, string Markdown);

/// <summary>Lints a pull request's migrations, and tries them on a shadow server. Of the pull request only the migrations are taken: configuration, secrets, gates and clusters are those that are checked out here.</summary>
/// <param name="lint"><c>migrate lint</c>.</param>
/// <param name="prove"><c>migrate prove</c>.</param>
/// <param name="workspace">The caller's surroundings.</param>
/// <param name="git">How the repository is followed.</param>
internal sealed class PullRequestReview(Verb lint, Verb prove, Workspace workspace, GitConfig git)
{
    /// <summary>GitHub refuses comments of more than 65,536 characters.</summary>
    private const int MostCharacters = 64_000;

    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(20);

    /// <summary>Looks at it.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="tries">Whether its migrations are tried, which runs what they hold.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<Review> RunAsync(long number, bool tries, CancellationToken cancel)
    {
        var clone = GitProject.Of(workspace, workspace.ProjectFolder)
            ?? throw new LockkeeperException(ServerErrors.GitFailed, $"{workspace.ProjectFolder} is in no clone of a repository", "Clone the repository, and serve the project in it.");
        var commit = await clone.FetchAsync(git.Remote, git.PullRequests!.Host == "gitlab" ? $"refs/merge-requests/{number}/head" : $"refs/pull/{number}/head", cancel);
        var parting = await clone.MergeBaseAsync(await clone.HeadAsync(cancel), commit, cancel);
        var folder = Path.Combine(Path.GetTempPath(), $"lk-review-{number}-{commit[..8]}-{Access.Secrets.New()[..6]}");
        await clone.AddWorktreeAsync(folder, parting, cancel);
        try
        {
            var project = Path.GetFullPath(Path.Combine(folder, Path.GetRelativePath(await clone.RootAsync(cancel), workspace.ProjectFolder)));
            Directory.CreateDirectory(project);
            var there = new GitProject(project, workspace.Processes);
            foreach (var database in workspace.Config.Databases)
                await there.TakeAsync(commit, database.Migrations, cancel);
            using var copy = WorkspaceFactory.WithFiles(workspace, project);
            return await LookAsync(copy, commit, parting, tries, cancel);
        }
        finally
        {
            await clone.RemoveWorktreeAsync(folder);
        }
    }

    /// <summary>Posts the comment, if the configuration says where.</summary>
    /// <returns>Whether it was posted.</returns>
    /// <exception cref="LockkeeperException">The code host did not take it (LK7052).</exception>
    public async Task<bool> PostAsync(long number, string markdown, CancellationToken cancel)
    {
        if (git.PullRequests?.Comments is not { } address)
            return false;
        var token = git.PullRequests.Token is { } reference ? await workspace.Secrets.ResolveAsync(reference, cancel) : null;
        var url = new Uri(address.Replace("{number}", $"{number}", StringComparison.Ordinal));
        var answer = await OutboundHttp.PostJsonAsync(url, new JsonObject { ["body"] = markdown }.ToJsonString(), token, Answer, cancel);
        return answer.Status is >= 200 and < 300
            ? true
            : throw new LockkeeperException(ServerErrors.NotPosted, $"{url.Host} answered {answer.Status} to the comment", "Look whether 'comments' is the address of the pull request's comments and 'token' may write there.");
    }

    private async Task<Review> LookAsync(Workspace copy, string commit, string parting, bool tries, CancellationToken cancel)
    {
        var (text, exit) = (new StringBuilder(), ExitCode.Done);
        var found = await TryAsync(lint, copy, new() { ["since"] = parting, ["format"] = "markdown" }, cancel);
        text.Append(found.Text);
        exit = found.Exit;
        if (tries)
        {
            var tried = await TryAsync(prove, copy, new() { ["since"] = parting }, cancel);
            exit = tried.Exit > exit ? tried.Exit : exit;
            // A fence of tildes, which nothing in the text can end.
            text.Append("\n<details><summary>Tried on a shadow server</summary>\n\n~~~\n").Append(tried.Text.Replace("~~~", "---", StringComparison.Ordinal)).Append("\n~~~\n\n</details>\n");
        }

        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\nLooked at {commit[..8]}{(tries ? "" : "; its migrations were not tried")}.\n");
        return new Review(commit, parting, exit, tries, copy.Redactor.Redact(text.Length <= MostCharacters ? text.ToString() : text.ToString(0, MostCharacters) + "\n…\n"));
    }

    private static async Task<(string Text, ExitCode Exit)> TryAsync(Verb verb, Workspace copy, Dictionary<string, string> values, CancellationToken cancel)
    {
        try
        {
            var report = await VerbRun.RunAsync(new VerbCall(verb, values, copy), cancel);
            var error = report.Error is { } stopped ? $"\n{stopped.Code.Id}: {stopped.Message}\n" : "";
            return (PlainText.Of(report.Text) + error, report.Exit);
        }
        catch (LockkeeperException e) when (e.Code != KernelErrors.Cancelled)
        {
            // What is wrong with its files is what the review is for.
            return ($"{e.Code.Id}: {e.Message}{(e.At is { } at ? $" ({at})" : "")}\n", e.Exit);
        }
    }
}

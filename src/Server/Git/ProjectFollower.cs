using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Web;

namespace Lockkeeper.Server.Git;

/// <summary>Keeps the project's clone at the tip of its branch, by fetching now and then; it goes forward only, and leaves files that somebody has changed by hand alone.</summary>
/// <param name="parts">The server.</param>
internal sealed class ProjectFollower(ServerParts parts)
{
    /// <summary>How it went the last time; null before the first.</summary>
    public FollowState? State { get; private set; }

    /// <summary>Follows until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                var wait = TimeSpan.FromMinutes(1);
                using (var workspace = parts.WorkspaceOf("", new SilentProgress()))
                {
                    if (workspace.Config.Server.Git is not { } git)
                        return;
                    wait = git.Fetch;
                    await FollowAsync(workspace, git, cancel);
                }

                await Task.Delay(wait, parts.Clock, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task FollowAsync(Workspace workspace, GitConfig git, CancellationToken cancel)
    {
        var before = State;
        try
        {
            var clone = GitProject.Of(workspace, workspace.ProjectFolder)
                ?? throw new LockkeeperException(ServerErrors.GitFailed, $"{workspace.ProjectFolder} is in no clone of a repository", "Clone the repository, and serve the project in it; or take 'git' out of 'server'.");
            var tip = await clone.FetchAsync(git.Remote, $"refs/heads/{git.Branch}", cancel);
            if (await clone.HeadAsync(cancel) != tip)
            {
                await clone.GoOnAsync(tip, cancel);
                await parts.RecordAsync("server.project_updated", "server", $$"""{"commit":"{{tip}}"}""", cancel);
                parts.Home.Progress.Say($"the project went on to {tip[..8]}");
            }

            State = new FollowState(parts.Clock.GetUtcNow(), tip, null);
        }
        catch (LockkeeperException e)
        {
            State = new FollowState(parts.Clock.GetUtcNow(), before?.Commit, e.Message);
            // Once for each new reason: a remote that is away for a night is not worth a thousand lines.
            if (before?.Problem != e.Message)
                parts.Home.Progress.Say($"the project's repository cannot be followed: {e.Message}");
        }
    }
}

/// <summary>How following the repository went.</summary>
/// <param name="At">When it was tried.</param>
/// <param name="Commit">The tip at that time; null when it is not known.</param>
/// <param name="Problem">Why it failed; null when it did not.</param>
internal sealed record FollowState(DateTimeOffset At, string? Commit, string? Problem);

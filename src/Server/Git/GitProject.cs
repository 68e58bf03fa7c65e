using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Server.Git;

/// <summary>The project's folder as a clone: what <c>git</c> says of it and does to it.</summary>
/// <param name="folder">A folder of the clone.</param>
/// <param name="processes">Starts git.</param>
internal sealed class GitProject(string folder, ProcessRunner processes)
{
    private static readonly TimeSpan Local = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Network = TimeSpan.FromMinutes(2);

    /// <summary>The clone that a project is in; null when it is in none.</summary>
    public static GitProject? Of(Workspace workspace, string folder)
    {
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            // In a worktree or submodule .git is a file.
            if (Path.Exists(Path.Combine(at, ".git")))
                return new GitProject(folder, workspace.Processes);
        }

        return null;
    }

    /// <summary>The commit that is checked out.</summary>
    public Task<string> HeadAsync(CancellationToken cancel) => AskAsync(cancel, "rev-parse", "HEAD");

    /// <summary>The root of the clone.</summary>
    public Task<string> RootAsync(CancellationToken cancel) => AskAsync(cancel, "rev-parse", "--show-toplevel");

    /// <summary>Where the histories of two commits part.</summary>
    public Task<string> MergeBaseAsync(string one, string other, CancellationToken cancel) => AskAsync(cancel, "merge-base", one, other);

    /// <summary>Fetches what the remote has at a reference; gives the commit.</summary>
    /// <param name="remote">The remote's name.</param>
    /// <param name="reference">A branch, or such as <c>refs/pull/12/head</c>.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<string> FetchAsync(string remote, string reference, CancellationToken cancel)
    {
        // Into a name of our own, so that two fetches at the same time do not take each other's FETCH_HEAD.
        var own = $"refs/lockkeeper/{reference.Replace("refs/", "", StringComparison.Ordinal)}";
        await RunAsync(Network, cancel, "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--end-of-options", remote, $"+{reference}:{own}");
        return await AskAsync(cancel, "rev-parse", own);
    }

    /// <summary>Goes on to a commit that follows the one that is checked out.</summary>
    /// <exception cref="LockkeeperException">It does not follow, or changes of files stand in its way (LK7050).</exception>
    public Task GoOnAsync(string commit, CancellationToken cancel) => RunAsync(Local, cancel, "merge", "--quiet", "--ff-only", "--end-of-options", commit);

    /// <summary>The newest commits of a folder with the files that each has added, the newest first.</summary>
    /// <param name="path">The folder, from this one.</param>
    /// <param name="most">How many.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<IReadOnlyList<CommitFiles>> LogAsync(string path, int most, CancellationToken cancel)
    {
        var text = await AskAsync(cancel, "log", $"--max-count={most}", "--no-merges", "--diff-filter=A", "--name-only", "--relative", "--no-renames", "--format=%x01%H%x02%cI%x02%s", "--", path);
        return [.. text.Split('\u0001', StringSplitOptions.RemoveEmptyEntries).Select(CommitFiles.Parse)];
    }

    /// <summary>The commit of a clone that is checked out, for people.</summary>
    public async Task<CommitFiles> ShowAsync(string commit, CancellationToken cancel) => CommitFiles.Parse((await AskAsync(cancel, "log", "--max-count=1", "--format=%x01%H%x02%cI%x02%s", "--end-of-options", commit)).TrimStart('\u0001'));

    /// <summary>Makes a folder with a commit's files, apart from the clone's own.</summary>
    public Task AddWorktreeAsync(string path, string commit, CancellationToken cancel) => RunAsync(Local, cancel, "worktree", "add", "--quiet", "--detach", "--force", path, commit);

    /// <summary>Removes such a folder.</summary>
    public Task RemoveWorktreeAsync(string path) => RunAsync(Local, CancellationToken.None, "worktree", "remove", "--force", path);

    /// <summary>Puts a folder into the state that it has in another commit, in which it may be missing.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="path">The folder, from this one.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task TakeAsync(string commit, string path, CancellationToken cancel)
    {
        await RunAsync(Local, cancel, "rm", "-r", "--quiet", "--force", "--ignore-unmatch", "--", path);
        if ((await AskAsync(cancel, "ls-tree", "--name-only", commit, "--", path)).Length > 0)
            await RunAsync(Local, cancel, "checkout", "--quiet", commit, "--", path);
    }

    private async Task<string> AskAsync(CancellationToken cancel, params string[] arguments) => (await RunAsync(Local, cancel, arguments)).Trim();

    private async Task<string> RunAsync(TimeSpan limit, CancellationToken cancel, params string[] arguments)
    {
        // No hooks of the clone run, a link in a pull request is a file with a text, and nobody is asked for a password.
        string[] safe = ["-c", "core.hooksPath=/dev/null", "-c", "core.symlinks=false", "-c", "protocol.ext.allow=never", "-c", "gc.auto=0"];
        var result = await processes.RunAsync(
            new ProcessSpec("git", [.. safe, .. arguments])
            {
                Folder = folder, Timeout = limit, KeepLines = 100_000,
                Environment = new Dictionary<string, string?> { ["GIT_TERMINAL_PROMPT"] = "0", ["GIT_OPTIONAL_LOCKS"] = "0", ["LC_ALL"] = "C" },
            }, cancel);
        if (result.Succeeded)
            return result.Output;
        var why = result.TimedOut ? $"it did not end within {limit.TotalSeconds} s" : result.Lines.LastOrDefault(line => line.IsError)?.Text ?? $"exit code {result.ExitCode}";
        throw new LockkeeperException(ServerErrors.GitFailed, $"'git {arguments[0]}' failed: {why}", $"Try it by hand in {folder}, as the user that the server runs as.");
    }
}

using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Lint;

/// <summary>Asks git which files a branch adds or changes.</summary>
internal static class GitChanges
{
    private const int MostFiles = 1_000_000;

    /// <summary>The full paths of files that were added or changed since the point where this branch left another, those that are not committed among them.</summary>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="folder">A folder of the working tree.</param>
    /// <param name="since">The commit or branch.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="LockkeeperException">git is not there, this is no working tree, or there is no such commit.</exception>
    public static async Task<IReadOnlySet<string>> SinceAsync(Workspace workspace, string folder, string since, CancellationToken cancel)
    {
        if (since.StartsWith('-'))
            throw Refused(since, "it looks like an option");
        var root = (await GitAsync(workspace, folder, since, cancel, "rev-parse", "--show-toplevel")).First();
        // Since the merge base: what the other branch got in the meantime is not this branch's.
        var start = (await GitAsync(workspace, folder, since, cancel, "merge-base", since, "HEAD")).First();
        var changed = await GitAsync(workspace, root, since, cancel, "-c", "core.quotePath=false", "diff", "--name-only", "--diff-filter=AMRC", start, "--");
        var untracked = await GitAsync(workspace, root, since, cancel, "-c", "core.quotePath=false", "ls-files", "--others", "--exclude-standard");
        return changed.Concat(untracked).Select(file => Path.GetFullPath(Path.Combine(root, file))).ToHashSet(StringComparer.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> GitAsync(Workspace workspace, string folder, string since, CancellationToken cancel, params string[] arguments)
    {
        var result = await workspace.Processes.RunAsync(new ProcessSpec("git", arguments) { Folder = folder, KeepLines = MostFiles, Timeout = TimeSpan.FromMinutes(1) }, cancel);
        if (result.ExitCode != 0)
            throw Refused(since, result.Lines.LastOrDefault()?.Text ?? $"git ended with exit code {result.ExitCode}");
        return [.. result.Lines.Where(line => !line.IsError && line.Text.Length > 0).Select(line => line.Text)];
    }

    private static LockkeeperException Refused(string since, string why) =>
        new(MigrateErrors.NotLinted, $"git cannot tell what changed since '{since}': {why}", "Name a commit or branch that this clone has; a shallow clone lacks older ones (git fetch --unshallow).");
}

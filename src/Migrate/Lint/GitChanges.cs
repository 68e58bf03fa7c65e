using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate.Lint;

/// <summary>What a branch does to files, by their full paths.</summary>
/// <param name="All">Files that it adds or changes, those that are not committed among them.</param>
/// <param name="Added">Those that the branch it goes to does not have.</param>
internal sealed record GitChanges(IReadOnlySet<string> All, IReadOnlySet<string> Added)
{
    private const int MostFiles = 1_000_000;

    /// <summary>Asks git what was added or changed since the point where this branch left another.</summary>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="folder">A folder of the working tree.</param>
    /// <param name="since">The commit or branch.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="LockkeeperException">git is not there, this is no working tree, or there is no such commit.</exception>
    public static async Task<GitChanges> SinceAsync(Workspace workspace, string folder, string since, CancellationToken cancel)
    {
        if (since.StartsWith('-'))
            throw Refused(since, "it looks like an option");
        var root = (await GitAsync(workspace, folder, since, cancel, "rev-parse", "--show-toplevel")).First();
        // Since the merge base: what the other branch got in the meantime is not this branch's.
        var start = (await GitAsync(workspace, folder, since, cancel, "merge-base", since, "HEAD")).First();
        // A renamed file counts as a new one: a version is often given anew by renaming.
        var changed = await GitAsync(workspace, root, since, cancel, "-c", "core.quotePath=false", "diff", "--name-status", "--no-renames", "--diff-filter=AM", start, "--");
        var untracked = await GitAsync(workspace, root, since, cancel, "-c", "core.quotePath=false", "ls-files", "--others", "--exclude-standard");
        var added = changed.Where(line => line.StartsWith("A\t", StringComparison.Ordinal)).Select(line => line[2..]).Concat(untracked).Select(Full).ToHashSet(StringComparer.Ordinal);
        return new GitChanges(changed.Select(line => Full(line[2..])).Concat(added).ToHashSet(StringComparer.Ordinal), added);

        string Full(string file) => Path.GetFullPath(Path.Combine(root, file));
    }

    /// <summary>What this branch and another have each done since they parted.</summary>
    /// <inheritdoc cref="SinceAsync"/>
    public static async Task<GitFork> ForkAsync(Workspace workspace, string folder, string since, CancellationToken cancel)
    {
        var changed = await SinceAsync(workspace, folder, since, cancel);
        var root = (await GitAsync(workspace, folder, since, cancel, "rev-parse", "--show-toplevel")).First();
        var start = (await GitAsync(workspace, folder, since, cancel, "merge-base", since, "HEAD")).First();
        var others = await GitAsync(workspace, root, since, cancel, "-c", "core.quotePath=false", "diff", "--name-only", "--no-renames", "--diff-filter=AM", start, since, "--");
        return new GitFork(root, changed, others.Select(file => Path.GetFullPath(Path.Combine(root, file))).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Writes files as they are in a commit into a folder, as they stand below the root.</summary>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="root">The root of the working tree.</param>
    /// <param name="commit">The commit or branch.</param>
    /// <param name="files">Their paths below the root.</param>
    /// <param name="into">The folder.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task CheckOutAsync(Workspace workspace, string root, string commit, IReadOnlyList<string> files, string into, CancellationToken cancel)
    {
        // An index of its own: that of the working tree stays as it is.
        var index = new Dictionary<string, string?> { ["GIT_INDEX_FILE"] = Path.Combine(into, ".index") };
        foreach (var some in files.Chunk(500))
            await GitAsync(workspace, root, commit, cancel, index, [$"--work-tree={into}", "checkout", commit, "--", .. some]);
    }

    private static Task<IReadOnlyList<string>> GitAsync(Workspace workspace, string folder, string since, CancellationToken cancel, params string[] arguments) =>
        GitAsync(workspace, folder, since, cancel, new Dictionary<string, string?>(), arguments);

    private static async Task<IReadOnlyList<string>> GitAsync(Workspace workspace, string folder, string since, CancellationToken cancel, IReadOnlyDictionary<string, string?> variables, string[] arguments)
    {
        var result = await workspace.Processes.RunAsync(new ProcessSpec("git", arguments) { Folder = folder, Environment = variables, KeepLines = MostFiles, Timeout = TimeSpan.FromMinutes(1) }, cancel);
        if (result.ExitCode != 0)
            throw Refused(since, result.Lines.LastOrDefault()?.Text ?? $"git ended with exit code {result.ExitCode}");
        return [.. result.Lines.Where(line => !line.IsError && line.Text.Length > 0).Select(line => line.Text)];
    }

    private static LockkeeperException Refused(string since, string why) =>
        new(MigrateErrors.NotLinted, $"git cannot tell what changed since '{since}': {why}", "Name a commit or branch that this clone has; a shallow clone lacks older ones (git fetch --unshallow).");
}

namespace Lockkeeper.Kernel.Config.Verbs;

/// <summary>Keeps the folder of local state out of Git.</summary>
internal static class GitIgnore
{
    private const string Entry = ".lockkeeper/";

    /// <summary>Adds the entry to the folder's .gitignore when the folder lies in a Git checkout and nothing ignores it there yet.</summary>
    /// <returns>Whether a file was changed.</returns>
    public static async Task<bool> AddAsync(string folder, CancellationToken cancel)
    {
        var checkout = Checkout(folder);
        if (checkout is null)
            return false;
        for (var at = folder; at is not null; at = at == checkout ? null : Path.GetDirectoryName(at))
        {
            var file = Path.Combine(at, ".gitignore");
            if (File.Exists(file) && (await File.ReadAllLinesAsync(file, cancel)).Any(IsEntry))
                return false;
        }

        var own = Path.Combine(folder, ".gitignore");
        var text = File.Exists(own) ? await File.ReadAllTextAsync(own, cancel) : "";
        var gap = text.Length == 0 || text.EndsWith('\n') ? "" : "\n";
        await OutputFile.ReplaceAsync(own, $"{text}{gap}{Entry}\n", cancel);
        return true;
    }

    private static bool IsEntry(string line) => line.Trim() is ".lockkeeper" or ".lockkeeper/" or "**/.lockkeeper" or "**/.lockkeeper/";

    /// <summary>The top of the checkout. In a worktree or submodule .git is a file.</summary>
    private static string? Checkout(string folder)
    {
        for (var at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Path.Exists(Path.Combine(at, ".git")))
                return at;
        }

        return null;
    }
}

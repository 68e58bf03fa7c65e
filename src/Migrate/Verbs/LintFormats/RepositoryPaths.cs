namespace Lockkeeper.Migrate.Verbs.LintFormats;

/// <summary>Paths as a code host wants them: from the root of the repository, which need not be the folder of lockkeeper.yaml.</summary>
/// <param name="prefix">The project's folder as a path from that root, with a slash at its end; empty when it is the root.</param>
internal sealed class RepositoryPaths(string prefix)
{
    /// <summary>Those of a project; outside of a repository they are from the project's folder.</summary>
    /// <param name="folder">The project's folder.</param>
    public static RepositoryPaths Of(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            // A worktree and a submodule have a file of that name.
            if (Path.Exists(Path.Combine(at.FullName, ".git")))
                return new RepositoryPaths(at.FullName == Path.TrimEndingDirectorySeparator(folder) ? "" : Path.GetRelativePath(at.FullName, folder).Replace('\\', '/') + "/");
        }

        return new RepositoryPaths("");
    }

    /// <summary>A file of the project.</summary>
    public string To(string file) => prefix + file;
}

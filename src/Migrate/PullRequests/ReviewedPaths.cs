using Lockkeeper.Kernel.Config;

namespace Lockkeeper.Migrate.PullRequests;

/// <summary>Which files of a repository make a pull request one that a review of migrations is for.</summary>
/// <param name="Root">The repository's root; the project's folder where there is no repository.</param>
/// <param name="Folder">The project's folder from that root, "." when it is the root.</param>
/// <param name="Patterns">The configuration and the migrations, from the root, as both GitHub and GitLab read patterns.</param>
internal sealed record ReviewedPaths(string Root, string Folder, IReadOnlyList<string> Patterns)
{
    /// <summary>Those of a project.</summary>
    /// <param name="folder">The folder of its configuration.</param>
    /// <param name="config">The configuration.</param>
    public static ReviewedPaths Of(string folder, ProjectConfig config)
    {
        var project = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var root = project;
        // In a worktree or submodule .git is a file.
        for (var at = project; at is not null; at = Path.GetDirectoryName(at))
        {
            if (Path.Exists(Path.Combine(at, ".git")))
            {
                root = at;
                break;
            }
        }

        var migrations = config.Databases.Select(database => Path.GetFullPath(Path.Combine(project, database.Migrations))).Select(path => Path.TrimEndingDirectorySeparator(path));
        // A changelog is a file, and includes others beside it.
        var folders = migrations.Select(path => File.Exists(path) ? Path.GetDirectoryName(path)! : path).Where(path => path == root || path.StartsWith(root + "/", StringComparison.Ordinal));
        var configuration = ConfigReader.FileNames.Select(name => Path.Combine(project, name)).Where(File.Exists);
        var patterns = configuration.Select(file => FromRoot(root, file))
            .Concat(folders.Select(path => path == root ? "**" : FromRoot(root, path) + "/**"));
        return new ReviewedPaths(root, Path.GetRelativePath(root, project), [.. patterns.Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>A path as a pattern: a star stands for what would mean something else in one.</summary>
    private static string FromRoot(string root, string path) =>
        string.Concat(Path.GetRelativePath(root, path).Select(c => "*?+[]{}!\\$".Contains(c, StringComparison.Ordinal) ? '*' : c));
}

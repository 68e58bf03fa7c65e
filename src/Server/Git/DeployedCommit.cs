namespace Lockkeeper.Server.Git;

/// <summary>Which commit a database is at: the newest of which every migration is applied.</summary>
internal static class DeployedCommit
{
    /// <summary>Finds it; null when it is further back than was looked.</summary>
    /// <param name="newestFirst">The commits that added migrations.</param>
    /// <param name="pending">The files of migrations that are not applied.</param>
    public static CommitFiles? Of(IReadOnlyList<CommitFiles> newestFirst, IEnumerable<string> pending)
    {
        // Files that no commit has added are somebody's own and say nothing of a commit.
        var left = pending.Intersect(newestFirst.SelectMany(commit => commit.Added), StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        foreach (var commit in newestFirst)
        {
            if (left.Count == 0)
                return commit;
            left.ExceptWith(commit.Added);
        }

        return null;
    }
}

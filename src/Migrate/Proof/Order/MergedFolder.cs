using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Proof.Order;

/// <summary>A series as it will be when two branches are merged: this one's files, and those that the other has got since they parted.</summary>
internal static class MergedFolder
{
    /// <summary>Reads it.</summary>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="database">The database.</param>
    /// <param name="fork">What the branches did.</param>
    /// <param name="other">The other branch.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The series, or why there is none.</returns>
    public static async Task<(MigrationSeries? Series, string? Why)> ReadAsync(Workspace workspace, DatabaseConfig database, GitFork fork, string other, CancellationToken cancel)
    {
        var own = Path.GetFullPath(Path.Combine(workspace.ProjectFolder, database.Migrations));
        var folder = Directory.Exists(own) ? own : Path.GetDirectoryName(own)!;
        var theirs = fork.Others.Where(file => file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        if (theirs.Count == 0)
            return (SeriesReader.Read(database, workspace.ProjectFolder), null);
        if (folder != own || Path.GetRelativePath(fork.Root, folder).StartsWith("..", StringComparison.Ordinal))
            return (null, $"what {other} has got since then is not merged for a plan or changelog");
        if (theirs.FirstOrDefault(fork.Own.All.Contains) is { } both)
            return (null, $"this branch and {other} have both changed {Path.GetRelativePath(workspace.ProjectFolder, both)}");
        var merged = Directory.CreateTempSubdirectory("lockkeeper-merged-").FullName;
        try
        {
            var copy = Path.Combine(merged, Path.GetRelativePath(fork.Root, folder));
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                var to = Path.Combine(copy, Path.GetRelativePath(folder, file));
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(file, to);
            }

            await GitChanges.CheckOutAsync(workspace, fork.Root, other, [.. theirs.Select(file => Path.GetRelativePath(fork.Root, file))], merged, cancel);
            var series = SeriesReader.Read(database, Path.Combine(merged, Path.GetRelativePath(fork.Root, workspace.ProjectFolder)));
            // A large file is read again later, when the folder is gone.
            return series.Migrations.Any(migration => migration.Up.Large is not null) ? (null, "files of more than 8 MB are not merged for a trial") : (series, null);
        }
        catch (LockkeeperException e) when (e.Code != KernelErrors.Cancelled)
        {
            return (null, $"{e.Message}{(e.At is { } at ? $" ({at})" : "")}");
        }
        finally
        {
            Directory.Delete(merged, recursive: true);
        }
    }
}

using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Managed;

/// <summary>One drill of a managed cluster at a time, so that what carries our mark was left by one that was killed. Here a file says so, which the system lets go when the process ends; elsewhere the instance's tags do.</summary>
internal sealed class DrillTurn : IDisposable
{
    private readonly FileStream file;

    private DrillTurn(FileStream file, string holder) => (this.file, Holder) = (file, holder);

    /// <summary>Who holds it: this machine, and the project's folder on it.</summary>
    public string Holder { get; }

    /// <summary>Takes it.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <exception cref="LockkeeperException">Another drill is at work.</exception>
    public static DrillTurn Take(ClusterConfig cluster, Workspace workspace)
    {
        var folder = Path.Combine(workspace.ProjectFolder, ".lockkeeper");
        Directory.CreateDirectory(folder);
        try
        {
            var taken = new FileStream(Path.Combine(folder, $"drill-{cluster.Name}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            return new DrillTurn(taken, $"{Environment.MachineName}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(workspace.ProjectFolder)))[..12]}");
        }
        catch (IOException e)
        {
            throw new LockkeeperException(BackupErrors.Busy, $"another drill of {cluster.Name} is at work", "Wait until it is done.", inner: e);
        }
    }

    /// <summary>Removes what drills of before have left.</summary>
    /// <returns>Their names.</returns>
    /// <exception cref="LockkeeperException">One is at work elsewhere.</exception>
    public async Task<IReadOnlyList<string>> RemoveLeftAsync(IManagedBackups backups, ClusterConfig cluster, Workspace workspace, TimeSpan limit, CancellationToken cancel)
    {
        var there = await backups.DrillsAsync(cancel);
        if (there.FirstOrDefault(one => IsAtWork(one, workspace.Clock.GetUtcNow())) is { Mark: { } mark } other)
            throw new LockkeeperException(BackupErrors.Busy, $"another drill of {cluster.Name} is at work on {other.Name}, by {mark.Holder}", $"Wait until it is done, until {Verbs.BackupText.Time(mark.Until)} at the latest; when it was killed, run the drill there, or delete {other.Name} in the service.");
        foreach (var left in there)
            await backups.RemoveDrillAsync(left.Name, toTheEnd: false, limit, workspace.Progress, cancel);
        return [.. there.Select(one => one.Name)];
    }

    /// <summary>Whether a drill of others may still be at work on an instance.</summary>
    public bool IsAtWork(DrillInstance instance, DateTimeOffset now) => instance.Mark is { } mark && mark.Holder != Holder && mark.Until > now && instance.Status != "deleting";

    public void Dispose() => file.Dispose();
}

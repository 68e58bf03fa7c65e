using System.Globalization;
using Lockkeeper.Engines.Rds;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.Rds.Reading;

namespace Lockkeeper.Provision.Rds.Applying;

/// <summary>Removes what the service keeps of a declaration, after a final snapshot, and waits until it is gone. Only what carries our tag is touched.</summary>
/// <param name="declared">The declaration.</param>
/// <param name="client">The service.</param>
/// <param name="reading">Reads the service.</param>
/// <param name="clock">The clock.</param>
internal sealed class RdsDestruction(RdsDeclaration declared, RdsClient client, RdsReading reading, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    /// <summary>What there is.</summary>
    public async Task<InstanceRemains> FindAsync(CancellationToken cancel)
    {
        var live = await reading.MainAsync(declared.Id, declared.IsAurora, cancel);
        if (live is null)
            return new InstanceRemains(client.Name, declared.Id, Exists: false, Runs: false, []);
        RequireOurs(live);
        if (live.Text("DeletionProtection") == "true")
            throw new LockkeeperException(ProvisionErrors.IsProtected, $"the service protects {declared.Id} from deletion", $"Write managed: {{ deletion_protection: false }} into {declared.Cluster.File}, apply it, and then destroy.", declared.Cluster.Managed!.At);
        var size = live.Text("AllocatedStorage") is { } storage && !declared.IsAurora ? $", up to {storage} GB" : "";
        return new InstanceRemains(client.Name, declared.Id, Exists: true, live.IsUsable, [$"{(declared.IsAurora ? "the Aurora cluster" : "the instance")} {declared.Id} with all its databases{size}", "its automatic backups"]);
    }

    /// <summary>Removes it.</summary>
    /// <param name="snapshot">The name of the final snapshot; null for none.</param>
    /// <param name="progress">Hears what is waited for.</param>
    /// <param name="cancel">Stops waiting; the service goes on.</param>
    public async Task DestroyAsync(string? snapshot, IProgressSink progress, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        KeyValuePair<string, string>[] last = snapshot is null ? [new("SkipFinalSnapshot", "true")] : [new("SkipFinalSnapshot", "false"), new("FinalDBSnapshotIdentifier", snapshot)];
        if (declared.IsAurora)
        {
            // The data is the cluster's: it gets the snapshot when its instances are gone.
            var members = await reading.MembersAsync(declared.Id, cancel);
            foreach (var member in members)
                RequireOurs(member);
            foreach (var member in members)
                await RemoveAsync("DeleteDBInstance", "DBInstanceIdentifier", member.Name, [new("SkipFinalSnapshot", "true")], stop => reading.InstanceAsync(member.Name, stop), started, progress, cancel);
            await RemoveAsync("DeleteDBCluster", "DBClusterIdentifier", declared.Id, last, stop => reading.MainAsync(declared.Id, isAurora: true, stop), started, progress, cancel);
        }
        else
        {
            await RemoveAsync("DeleteDBInstance", "DBInstanceIdentifier", declared.Id, last, stop => reading.InstanceAsync(declared.Id, stop), started, progress, cancel);
        }

        if ((await reading.GroupAsync(declared.OurGroup, declared.IsAurora, cancel))?.Owner == declared.Owner)
            await client.CallAsync(declared.IsAurora ? "DeleteDBClusterParameterGroup" : "DeleteDBParameterGroup", [new(declared.IsAurora ? "DBClusterParameterGroupName" : "DBParameterGroupName", declared.OurGroup)], cancel);
        progress.Now(null);
    }

    private async Task RemoveAsync(string action, string key, string id, IReadOnlyList<KeyValuePair<string, string>> more, Func<CancellationToken, Task<LiveThing?>> read, long started, IProgressSink progress, CancellationToken cancel)
    {
        var (pause, isSent) = (TimeSpan.FromMilliseconds(250), false);
        while (await read(cancel) is { } live)
        {
            RequireOurs(live);
            // One that is being changed refuses; what a run that was killed had asked for is under way already.
            if (!isSent && live.Status != "deleting")
                isSent = await client.TryDeleteAsync(action, [new(key, id), .. more], cancel);
            if (clock.GetElapsedTime(started) > declared.Managed.Patience)
                throw new LockkeeperException(ManagedErrors.WaitedTooLong, $"{id} is still {live.Status} after {Durations.Words(declared.Managed.Patience)}", "The service goes on by itself: run the same command again.", declared.Cluster.Managed!.At);
            progress.Now($"{id}: {live.Status} ({Durations.Words(clock.GetElapsedTime(started))})");
            await Task.Delay(pause, clock, cancel);
            pause = TimeSpan.FromTicks(Math.Min(Longest.Ticks, (long)(pause.Ticks * 1.4)));
        }
    }

    private void RequireOurs(LiveThing live)
    {
        if (live.Tags.GetValueOrDefault(RdsService.OwnerTag) != declared.Owner)
            throw new LockkeeperException(ManagedErrors.NotOurs, $"{live.Name} is not tagged as ours", $"Only what carries the tag {RdsService.OwnerTag}={declared.Owner} is destroyed: lk provision adopt takes it over.", declared.Cluster.Managed!.At);
    }
}

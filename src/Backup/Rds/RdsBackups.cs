using System.Globalization;
using System.Xml.Linq;
using Lockkeeper.Backup.Managed;
using Lockkeeper.Engines.Rds;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Rds;

/// <summary>Snapshots and restores to a moment of RDS and Aurora.</summary>
/// <param name="cluster">The declaration.</param>
/// <param name="project">The project that it belongs to.</param>
/// <param name="client">The service.</param>
/// <param name="clock">The clock.</param>
internal sealed class RdsBackups(ClusterConfig cluster, string project, RdsClient client, TimeProvider clock) : IManagedBackups
{
    private static readonly string[] Damaged = ["failed", "error", "incompatible-restore", "restore-error"];

    private static readonly string[] Dead = [.. Damaged, "incompatible-network", "incompatible-parameters", "insufficient-capacity", "deleting"];

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    public string Place => client.Name;

    private ManagedConfig Managed => cluster.Managed!.Value;

    private string Id => Managed.Identifier ?? cluster.Name;

    private bool IsAurora => cluster.Engine.StartsWith("aurora-", StringComparison.Ordinal);

    /// <summary>What an Aurora cluster is called in actions, or an instance.</summary>
    private string Kind => IsAurora ? "DBCluster" : "DBInstance";

    private string SnapshotKind => IsAurora ? "DBClusterSnapshot" : "DBSnapshot";

    private const string OfPatience = "The service goes on by itself: look with 'lk backup list', or give it more time with managed: { patience: 3h }.";

    private string Owner => $"{project}/{cluster.Name}";

    private RdsDrillInstances Drills => new(Id, Owner, IsAurora, client, clock);

    /// <summary>The backups of a declared managed cluster.</summary>
    public static RdsBackups Of(ClusterConfig cluster, Workspace workspace) => new(cluster, workspace.Config.Project, RdsService.ClientOf(cluster.Managed!.Value, workspace), workspace.Clock);

    public async Task<ManagedView> ReadAsync(CancellationToken cancel)
    {
        var snapshots = (await client.ListAsync($"Describe{SnapshotKind}s", [new($"{Kind}Identifier", Id)], $"{SnapshotKind}s", cancel)).Select(Snapshot).OrderBy(one => one.At).ToList();
        if (await LiveAsync(Id, cancel) is not { } live)
            return new ManagedView(snapshots, null, null, Exists: false);
        return new ManagedView(snapshots, live.Time("EarliestRestorableTime") ?? await EarliestAsync(cancel), live.Time("LatestRestorableTime"), Exists: true);
    }

    public async Task<ManagedSnapshot> TakeAsync(string label, IProgressSink progress, CancellationToken cancel)
    {
        await client.CallAsync($"Create{SnapshotKind}", [new($"{Kind}Identifier", Id), new($"{SnapshotKind}Identifier", label), .. Tags()], cancel);
        return await WaitAsync(
            label, async stop => (await client.ListAsync($"Describe{SnapshotKind}s", [new($"{SnapshotKind}Identifier", label)], $"{SnapshotKind}s", stop)).FirstOrDefault(),
            xml => xml.Text("PercentProgress") is { } percent ? $"{percent} %" : null, Snapshot, new Waiting(BackupErrors.EngineFailed, BackupErrors.EngineFailed, Managed.Patience, OfPatience), progress, cancel);
    }

    public async Task<ManagedCopy> RestoreAsync(ManagedSource source, CopyWish wish, IProgressSink progress, CancellationToken cancel)
    {
        var name = wish.Name;
        if (await LiveAsync(name, cancel) is not null)
            throw new LockkeeperException(BackupErrors.FolderNotEmpty, $"there is an instance {name} in {Place} already", "Name another one with --to.");
        var live = await LiveAsync(Id, cancel);
        var waiting = new Waiting(BackupErrors.CopyNotMade, BackupErrors.DamagedSet, wish.Limit, wish.Drill is null ? OfPatience : "Its instance is removed; give the service more time with --replay-limit.");
        await MakeAsync(Action(source), [.. From(source, name), .. Alike(live, wish), .. Tags(wish.Drill)], name, wish, cancel);
        var copy = await WaitAsync(name, stop => LiveAsync(name, stop), _ => null, Copy, waiting, progress, cancel);
        if (!IsAurora)
            return copy;
        // An Aurora cluster answers through its instances only.
        var member = $"{name}-1";
        await client.CallAsync(
            "CreateDBInstance",
            [
                new("DBInstanceIdentifier", member), new("DBClusterIdentifier", name), new("Engine", RdsService.EngineName(cluster.Engine)), new("PubliclyAccessible", "false"),
                new("DBInstanceClass", wish.Class ?? Managed.Class ?? Managed.Instances.Select(one => one.Value.Class).FirstOrDefault(one => one is not null) ?? "db.r6g.large"), .. Tags(wish.Drill),
            ], cancel);
        await WaitAsync(member, async stop => await client.FindAsync("DescribeDBInstances", "DBInstanceIdentifier", member, "DBInstances", stop), _ => null, Copy, waiting, progress, cancel);
        return copy;
    }

    public Task<IReadOnlyList<DrillInstance>> DrillsAsync(CancellationToken cancel) => Drills.FindAsync(cancel);

    public Task RemoveDrillAsync(string name, bool toTheEnd, TimeSpan limit, IProgressSink progress, CancellationToken cancel) => Drills.RemoveAsync(name, toTheEnd, limit, progress, cancel);

    public Task RemoveAsync(ManagedSnapshot snapshot, CancellationToken cancel) => client.CallAsync($"Delete{SnapshotKind}", [new($"{SnapshotKind}Identifier", snapshot.Label)], cancel);

    private string Action(ManagedSource source) => source.Snapshot is not null
        ? IsAurora ? "RestoreDBClusterFromSnapshot" : "RestoreDBInstanceFromDBSnapshot"
        : IsAurora ? "RestoreDBClusterToPointInTime" : "RestoreDBInstanceToPointInTime";

    private IEnumerable<KeyValuePair<string, string>> From(ManagedSource source, string name)
    {
        if (source.Snapshot is { } snapshot)
        {
            yield return new(IsAurora ? "DBClusterIdentifier" : "DBInstanceIdentifier", name);
            yield return new(IsAurora ? "SnapshotIdentifier" : "DBSnapshotIdentifier", snapshot.Label);
            if (IsAurora)
                yield return new("Engine", RdsService.EngineName(cluster.Engine));
            yield break;
        }

        yield return new(IsAurora ? "DBClusterIdentifier" : "TargetDBInstanceIdentifier", name);
        yield return new(IsAurora ? "SourceDBClusterIdentifier" : "SourceDBInstanceIdentifier", Id);
        yield return source.Moment is { } moment
            ? new(IsAurora ? "RestoreToTime" : "RestoreTime", moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture))
            : new("UseLatestRestorableTime", "true");
    }

    /// <summary>The network, class and parameters of the one that is there: by default the service would put the copy into the account's default network, open to others than before.</summary>
    private IEnumerable<KeyValuePair<string, string>> Alike(XElement? live, CopyWish wish)
    {
        if (!IsAurora)
        {
            yield return new("PubliclyAccessible", "false");
            if ((wish.Class ?? (live is null ? Managed.Class : live.Text("DBInstanceClass"))) is { } type)
                yield return new("DBInstanceClass", type);
        }

        // What is to be removed again must not be protected.
        if (wish.Drill is not null)
            yield return new("DeletionProtection", "false");

        if (live is null)
            yield break;
        var subnets = IsAurora ? live.Text("DBSubnetGroup") : live.Element("DBSubnetGroup") is { } group ? group.Text("DBSubnetGroupName") : null;
        if (subnets is not null)
            yield return new("DBSubnetGroupName", subnets);
        var groups = (live.Element("VpcSecurityGroups")?.Elements() ?? []).Select(one => one.Text("VpcSecurityGroupId")).Where(one => one is not null).ToList();
        for (var i = 0; i < groups.Count; i++)
            yield return new($"VpcSecurityGroupIds.VpcSecurityGroupId.{i + 1}", groups[i]!);
        var parameters = IsAurora ? live.Text("DBClusterParameterGroup") : live.Element("DBParameterGroups")?.Elements().Select(one => one.Text("DBParameterGroupName")).FirstOrDefault();
        if (parameters is not null)
            yield return new(IsAurora ? "DBClusterParameterGroupName" : "DBParameterGroupName", parameters);
    }

    private IEnumerable<KeyValuePair<string, string>> Tags(DrillMark? drill = null)
    {
        IReadOnlyList<KeyValuePair<string, string>> all = [new(RdsService.OwnerTag, Owner), .. drill is null ? [] : Drills.TagsOf(drill)];
        return all.SelectMany((tag, i) => new KeyValuePair<string, string>[] { new($"Tags.Tag.{i + 1}.Key", tag.Key), new($"Tags.Tag.{i + 1}.Value", tag.Value) });
    }

    private Task<XElement?> LiveAsync(string id, CancellationToken cancel) => client.FindAsync($"Describe{Kind}s", $"{Kind}Identifier", id, $"{Kind}s", cancel);

    /// <summary>A call whose answer was lost is sent again, and is then told that there is one of this name: that of a drill is ours when it says so.</summary>
    private async Task MakeAsync(string action, IReadOnlyList<KeyValuePair<string, string>> parameters, string name, CopyWish wish, CancellationToken cancel)
    {
        try
        {
            await client.CallAsync(action, parameters, cancel);
        }
        catch (LockkeeperException e) when (wish.Drill is not null && RdsRefusal.CodeOf(e)?.Contains("AlreadyExists", StringComparison.Ordinal) == true)
        {
            if (await LiveAsync(name, cancel) is not { } there || !Drills.IsOurs(there))
                throw;
        }
    }

    /// <summary>Of an instance the window's beginning stands with its automated backups; a service that does not know this action says nothing of it.</summary>
    private async Task<DateTimeOffset?> EarliestAsync(CancellationToken cancel)
    {
        if (IsAurora)
            return null;
        try
        {
            var automated = await client.ListAsync("DescribeDBInstanceAutomatedBackups", [new("DBInstanceIdentifier", Id)], "DBInstanceAutomatedBackups", cancel);
            return automated.Select(one => one.Element("RestoreWindow") is { } window ? window.Time("EarliestTime") : null).FirstOrDefault(one => one is not null);
        }
        catch (LockkeeperException e) when (e.Code == RdsErrors.CallRefused || e.Code == RdsErrors.NotAllowed)
        {
            return null;
        }
    }

    private async Task<T> WaitAsync<T>(string name, Func<CancellationToken, Task<XElement?>> read, Func<XElement, string?> detail, Func<XElement, T> result, Waiting waiting, IProgressSink progress, CancellationToken cancel)
    {
        var (started, pause) = (clock.GetTimestamp(), FirstPause);
        while (true)
        {
            var xml = await read(cancel);
            var status = xml is null ? "not listed yet" : xml.Status();
            if (xml is not null && status == "available")
            {
                progress.Now(null);
                return result(xml);
            }

            if (Dead.Contains(status, StringComparer.Ordinal))
                throw new LockkeeperException(Damaged.Contains(status, StringComparer.Ordinal) ? waiting.OfData : waiting.OfService, $"{name} is {status}, and does not leave this state by itself", "Look at its events in the service.");
            if (clock.GetElapsedTime(started) > waiting.Limit)
                throw new LockkeeperException(waiting.OfService, $"{name} is still {status} after {Durations.Words(waiting.Limit)}", waiting.Hint);
            progress.Now($"{name}: {status}{(xml is not null && detail(xml) is { } more ? ", " + more : "")} ({Durations.Words(clock.GetElapsedTime(started))})");
            await Task.Delay(pause, clock, cancel);
            pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, (long)(pause.Ticks * 1.4)));
        }
    }

    private ManagedSnapshot Snapshot(XElement xml) => new(
        xml.Text($"{SnapshotKind}Identifier") ?? "?",
        // While it is being taken there is no time yet.
        xml.Time("SnapshotCreateTime") ?? clock.GetUtcNow(),
        long.TryParse(xml.Text("AllocatedStorage"), CultureInfo.InvariantCulture, out var gigabytes) ? gigabytes << 30 : 0,
        xml.Status() == "available", xml.Text("SnapshotType") == "automated",
        xml.Tag(RdsService.OwnerTag) == Owner,
        xml.Status());

    private static ManagedCopy Copy(XElement xml)
    {
        // An instance's endpoint has parts, a cluster's is a text.
        var endpoint = xml.Element("Endpoint");
        var host = endpoint is null ? null : endpoint.HasElements ? endpoint.Text("Address") : endpoint.Value;
        var port = (endpoint is { HasElements: true } ? endpoint.Text("Port") : null) ?? xml.Text("Port");
        return new ManagedCopy(xml.Text("DBInstanceIdentifier") ?? xml.Text("DBClusterIdentifier") ?? "?", host is { Length: > 0 } ? host : null, int.TryParse(port, CultureInfo.InvariantCulture, out var number) ? number : null);
    }

    /// <summary>What is said when waiting was in vain.</summary>
    /// <param name="OfService">When the service did not get that far.</param>
    /// <param name="OfData">When what it was to be made of is to blame.</param>
    /// <param name="Limit">How long is waited.</param>
    /// <param name="Hint">What to do when it takes longer.</param>
    private sealed record Waiting(ErrorCode OfService, ErrorCode OfData, TimeSpan Limit, string Hint);
}

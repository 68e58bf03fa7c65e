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
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    public string Place => client.Name;

    private ManagedConfig Managed => cluster.Managed!.Value;

    private string Id => Managed.Identifier ?? cluster.Name;

    private bool IsAurora => cluster.Engine.StartsWith("aurora-", StringComparison.Ordinal);

    /// <summary>What an Aurora cluster is called in actions, or an instance.</summary>
    private string Kind => IsAurora ? "DBCluster" : "DBInstance";

    private string SnapshotKind => IsAurora ? "DBClusterSnapshot" : "DBSnapshot";

    private string Owner => $"{project}/{cluster.Name}";

    /// <summary>The backups of a declared managed cluster.</summary>
    public static RdsBackups Of(ClusterConfig cluster, Workspace workspace) => new(cluster, workspace.Config.Project, RdsService.ClientOf(cluster.Managed!.Value, workspace), workspace.Clock);

    public async Task<ManagedView> ReadAsync(CancellationToken cancel)
    {
        var snapshots = (await client.ListAsync($"Describe{SnapshotKind}s", [new($"{Kind}Identifier", Id)], $"{SnapshotKind}s", cancel)).Select(Snapshot).OrderBy(one => one.At).ToList();
        if (await LiveAsync(Id, cancel) is not { } live)
            return new ManagedView(snapshots, null, null, Exists: false);
        return new ManagedView(snapshots, Time(live, "EarliestRestorableTime") ?? await EarliestAsync(cancel), Time(live, "LatestRestorableTime"), Exists: true);
    }

    public async Task<ManagedSnapshot> TakeAsync(string label, IProgressSink progress, CancellationToken cancel)
    {
        await client.CallAsync($"Create{SnapshotKind}", [new($"{Kind}Identifier", Id), new($"{SnapshotKind}Identifier", label), .. Tags()], cancel);
        return await WaitAsync(
            label, async stop => (await client.ListAsync($"Describe{SnapshotKind}s", [new($"{SnapshotKind}Identifier", label)], $"{SnapshotKind}s", stop)).FirstOrDefault(),
            xml => Text(xml, "PercentProgress") is { } percent ? $"{percent} %" : null, Snapshot, progress, cancel);
    }

    public async Task<ManagedCopy> RestoreAsync(ManagedSource source, string name, IProgressSink progress, CancellationToken cancel)
    {
        if (await LiveAsync(name, cancel) is not null)
            throw new LockkeeperException(BackupErrors.FolderNotEmpty, $"there is an instance {name} in {Place} already", "Name another one with --to.");
        var live = await LiveAsync(Id, cancel);
        await client.CallAsync(Action(source), [.. From(source, name), .. Alike(live), .. Tags()], cancel);
        var copy = await WaitAsync(name, stop => LiveAsync(name, stop), _ => null, Copy, progress, cancel);
        if (!IsAurora)
            return copy;
        // An Aurora cluster answers through its instances only.
        var member = $"{name}-1";
        await client.CallAsync(
            "CreateDBInstance",
            [new("DBInstanceIdentifier", member), new("DBClusterIdentifier", name), new("Engine", RdsService.EngineName(cluster.Engine)), new("DBInstanceClass", Managed.Class ?? "db.r6g.large"), .. Tags()], cancel);
        await WaitAsync(member, async stop => await FindAsync("DescribeDBInstances", "DBInstanceIdentifier", member, "DBInstances", stop), _ => null, Copy, progress, cancel);
        return copy;
    }

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
    private IEnumerable<KeyValuePair<string, string>> Alike(XElement? live)
    {
        if (!IsAurora)
        {
            yield return new("PubliclyAccessible", "false");
            if ((live is null ? Managed.Class : Text(live, "DBInstanceClass")) is { } type)
                yield return new("DBInstanceClass", type);
        }

        if (live is null)
            yield break;
        var subnets = IsAurora ? Text(live, "DBSubnetGroup") : live.Element("DBSubnetGroup") is { } group ? Text(group, "DBSubnetGroupName") : null;
        if (subnets is not null)
            yield return new("DBSubnetGroupName", subnets);
        var groups = (live.Element("VpcSecurityGroups")?.Elements() ?? []).Select(one => Text(one, "VpcSecurityGroupId")).Where(one => one is not null).ToList();
        for (var i = 0; i < groups.Count; i++)
            yield return new($"VpcSecurityGroupIds.VpcSecurityGroupId.{i + 1}", groups[i]!);
        var parameters = IsAurora ? Text(live, "DBClusterParameterGroup") : live.Element("DBParameterGroups")?.Elements().Select(one => Text(one, "DBParameterGroupName")).FirstOrDefault();
        if (parameters is not null)
            yield return new(IsAurora ? "DBClusterParameterGroupName" : "DBParameterGroupName", parameters);
    }

    private KeyValuePair<string, string>[] Tags() => [new("Tags.Tag.1.Key", RdsService.OwnerTag), new("Tags.Tag.1.Value", Owner)];

    private Task<XElement?> LiveAsync(string id, CancellationToken cancel) => FindAsync($"Describe{Kind}s", $"{Kind}Identifier", id, $"{Kind}s", cancel);

    private async Task<XElement?> FindAsync(string action, string key, string id, string list, CancellationToken cancel)
    {
        try
        {
            return (await client.ListAsync(action, [new(key, id)], list, cancel)).FirstOrDefault();
        }
        catch (LockkeeperException e) when (RdsRefusal.CodeOf(e)?.Contains("NotFound", StringComparison.Ordinal) == true)
        {
            return null;
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
            return automated.Select(one => one.Element("RestoreWindow") is { } window ? Time(window, "EarliestTime") : null).FirstOrDefault(one => one is not null);
        }
        catch (LockkeeperException e) when (e.Code == RdsErrors.CallRefused || e.Code == RdsErrors.NotAllowed)
        {
            return null;
        }
    }

    private async Task<T> WaitAsync<T>(string name, Func<CancellationToken, Task<XElement?>> read, Func<XElement, string?> detail, Func<XElement, T> result, IProgressSink progress, CancellationToken cancel)
    {
        var (started, pause) = (clock.GetTimestamp(), FirstPause);
        while (true)
        {
            var xml = await read(cancel);
            var status = xml is null ? "not listed yet" : Status(xml);
            if (xml is not null && status == "available")
            {
                progress.Now(null);
                return result(xml);
            }

            if (status is "failed" or "error" or "incompatible-restore" or "restore-error" or "incompatible-network" or "incompatible-parameters" or "insufficient-capacity" or "deleting")
                throw new LockkeeperException(BackupErrors.EngineFailed, $"{name} is {status}, and does not leave this state by itself", "Look at its events in the service.");
            if (clock.GetElapsedTime(started) > Managed.Patience)
                throw new LockkeeperException(BackupErrors.EngineFailed, $"{name} is still {status} after {Durations.Words(Managed.Patience)}", "The service goes on by itself: look with 'lk backup list', or give it more time with managed: { patience: 3h }.");
            progress.Now($"{name}: {status}{(xml is not null && detail(xml) is { } more ? ", " + more : "")} ({Durations.Words(clock.GetElapsedTime(started))})");
            await Task.Delay(pause, clock, cancel);
            pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, (long)(pause.Ticks * 1.4)));
        }
    }

    private ManagedSnapshot Snapshot(XElement xml) => new(
        Text(xml, $"{SnapshotKind}Identifier") ?? "?",
        // While it is being taken there is no time yet.
        Time(xml, "SnapshotCreateTime") ?? clock.GetUtcNow(),
        long.TryParse(Text(xml, "AllocatedStorage"), CultureInfo.InvariantCulture, out var gigabytes) ? gigabytes << 30 : 0,
        Status(xml) == "available", Text(xml, "SnapshotType") == "automated",
        (xml.Element("TagList")?.Elements() ?? []).Any(tag => Text(tag, "Key") == RdsService.OwnerTag && Text(tag, "Value") == Owner),
        Status(xml));

    private static ManagedCopy Copy(XElement xml)
    {
        // An instance's endpoint has parts, a cluster's is a text.
        var endpoint = xml.Element("Endpoint");
        var host = endpoint is null ? null : endpoint.HasElements ? Text(endpoint, "Address") : endpoint.Value;
        var port = (endpoint is { HasElements: true } ? Text(endpoint, "Port") : null) ?? Text(xml, "Port");
        return new ManagedCopy(Text(xml, "DBInstanceIdentifier") ?? Text(xml, "DBClusterIdentifier") ?? "?", host is { Length: > 0 } ? host : null, int.TryParse(port, CultureInfo.InvariantCulture, out var number) ? number : null);
    }

    private static string Status(XElement xml) => Text(xml, "DBInstanceStatus") ?? Text(xml, "Status") ?? "";

    private static string? Text(XElement xml, string name) => xml.Element(name) is { HasElements: false, Value: { Length: > 0 } value } ? value : null;

    private static DateTimeOffset? Time(XElement xml, string name) =>
        DateTimeOffset.TryParse(Text(xml, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}

using System.Globalization;
using System.Xml.Linq;
using Lockkeeper.Backup.Managed;
using Lockkeeper.Engines.Rds;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Backup.Rds;

/// <summary>The instances that drills make: known by their tags, and removed without a final snapshot. Nothing else is ever removed.</summary>
/// <param name="id">The cluster's own name in the service.</param>
/// <param name="owner">The value of our tags.</param>
/// <param name="isAurora">Whether they are Aurora clusters.</param>
/// <param name="client">The service.</param>
/// <param name="clock">The clock.</param>
internal sealed class RdsDrillInstances(string id, string owner, bool isAurora, RdsClient client, TimeProvider clock)
{
    private const string DrillTag = "lockkeeper:drill", HolderTag = "lockkeeper:drill-holder", UntilTag = "lockkeeper:drill-until";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private string Kind => isAurora ? "DBCluster" : "DBInstance";

    /// <summary>The tags of an instance that is being made.</summary>
    public IEnumerable<KeyValuePair<string, string>> TagsOf(DrillMark mark) =>
        [new(DrillTag, owner), new(HolderTag, mark.Holder), new(UntilTag, mark.Until.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture))];

    /// <summary>Whether an instance is one that a drill of this cluster has made.</summary>
    public bool IsOurs(XElement xml) => xml.Tag(DrillTag) == owner && NameOf(xml) != id;

    public async Task<IReadOnlyList<DrillInstance>> FindAsync(CancellationToken cancel) =>
        [.. (await client.ListAsync($"Describe{Kind}s", [], $"{Kind}s", cancel)).Where(IsOurs).Select(xml => new DrillInstance(NameOf(xml), xml.Status(), MarkOf(xml)))];

    public async Task RemoveAsync(string name, bool toTheEnd, TimeSpan limit, IProgressSink progress, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        if (isAurora)
        {
            // A cluster goes after its instances.
            foreach (var member in (await client.ListAsync("DescribeDBInstances", [], "DBInstances", cancel)).Where(one => one.Text("DBClusterIdentifier") == name).Select(one => one.Text("DBInstanceIdentifier")!).ToList())
                await RemoveAsync("DBInstance", member, [], toTheEnd: false, (started, limit), progress, cancel);
        }

        await RemoveAsync(Kind, name, [new("DeleteAutomatedBackups", "true")], toTheEnd, (started, limit), progress, cancel);
        progress.Now(null);
    }

    private async Task RemoveAsync(string kind, string name, IReadOnlyList<KeyValuePair<string, string>> more, bool toTheEnd, (long Started, TimeSpan Limit) time, IProgressSink progress, CancellationToken cancel)
    {
        var (pause, isSent) = (FirstPause, false);
        while (await client.FindAsync($"Describe{kind}s", $"{kind}Identifier", name, $"{kind}s", cancel) is { } live)
        {
            if (!IsOurs(live))
                throw new LockkeeperException(BackupErrors.CopyLeft, $"{name} carries no tag of a drill of {owner}, and is left as it is", $"Only what carries {DrillTag}={owner} is removed: look at it in the service.");
            // One that is still being made may refuse; what a drill that was killed had asked for may be under way already.
            if (!isSent && live.Status() != "deleting")
                isSent = await client.TryDeleteAsync($"Delete{kind}", [new($"{kind}Identifier", name), new("SkipFinalSnapshot", "true"), .. more], cancel);
            if (!toTheEnd && (isSent || live.Status() == "deleting"))
                return;
            if (clock.GetElapsedTime(time.Started) > time.Limit)
                throw new LockkeeperException(BackupErrors.CopyLeft, $"the drill's instance {name} is still {live.Status()} after {Durations.Words(time.Limit)}, and costs money until it is gone", "Delete it in the service, without a final snapshot; the next drill removes it too.");
            progress.Now($"removing {name}: {live.Status()} ({Durations.Words(clock.GetElapsedTime(time.Started))})");
            await Task.Delay(pause, clock, cancel);
            pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, (long)(pause.Ticks * 1.4)));
        }
    }

    private static DrillMark? MarkOf(XElement xml) => xml.Tag(HolderTag) is { } holder && ServiceElements.ToTime(xml.Tag(UntilTag)) is { } until ? new DrillMark(holder, until) : null;

    private string NameOf(XElement xml) => xml.Text($"{Kind}Identifier") ?? xml.Text("DBInstanceIdentifier") ?? "";
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Xml.Linq;

namespace Lockkeeper.Tests.TestKit.Rds;

/// <summary>Snapshots of the emulator, and the instances that are restored from them or to a moment.</summary>
internal sealed class EmulatedBackups(ConcurrentDictionary<string, EmulatedInstance> instances, EmulatorTimes times)
{
    private readonly List<(string Label, string Instance, DateTime At)> snapshots = [];

    /// <summary>Where restored instances answer; null for where all do.</summary>
    public (string Host, int Port)? CopiesAt { get; set; }

    public void Add(string label, string instance, DateTime at) => snapshots.Add((label, instance, at));

    /// <summary>Does an action; what it refuses is said.</summary>
    public XElement? Do(string action, Dictionary<string, string> form, out (int, string)? refusal)
    {
        refusal = null;
        var id = form.GetValueOrDefault("DBInstanceIdentifier") ?? form.GetValueOrDefault("TargetDBInstanceIdentifier") ?? "";
        var label = form.GetValueOrDefault("DBSnapshotIdentifier");
        switch (action)
        {
            case "DescribeDBSnapshots":
                return new XElement("r", new XElement("DBSnapshots", snapshots.Where(one => (label is null || one.Label == label) && (id.Length == 0 || one.Instance == id)).Select(one => new XElement("DBSnapshot",
                    new XElement("DBSnapshotIdentifier", one.Label), new XElement("DBInstanceIdentifier", one.Instance), new XElement("SnapshotCreateTime", one.At.ToString("O", CultureInfo.InvariantCulture)), new XElement("AllocatedStorage", "20"),
                    new XElement("Status", "available"), new XElement("SnapshotType", "automated")))));
            case "RestoreDBInstanceFromDBSnapshot":
                if (snapshots.Find(one => one.Label == label) is { Label: not null } snapshot)
                    refusal = Copy(id, snapshot.Instance, form);
                else
                    refusal = (404, "DBSnapshotNotFound");
                return null;
            case "RestoreDBInstanceToPointInTime":
                var source = form["SourceDBInstanceIdentifier"];
                refusal = !instances.TryGetValue(source, out var there) ? (404, "DBInstanceNotFound") : IsCovered(there, form) ? Copy(id, source, form) : (400, "InvalidRestoreFault");
                return null;
            case "DeleteDBInstance":
                refusal = !instances.TryGetValue(id, out var gone) ? (404, "DBInstanceNotFound")
                    : gone.Status is "creating" or "deleting" ? (400, "InvalidDBInstanceState")
                    : gone.Values.GetValueOrDefault("DeletionProtection") == "true" || form.GetValueOrDefault("SkipFinalSnapshot") != "true" ? (400, "InvalidParameterCombination") : null;
                if (refusal is null)
                    gone!.Delete();
                return null;
            default:
                refusal = (400, "InvalidAction");
                return null;
        }
    }

    private (int, string)? Copy(string id, string of, Dictionary<string, string> form)
    {
        var copy = new EmulatedInstance(id, times) { Place = CopiesAt };
        if (!instances.TryAdd(id, copy))
            return (400, "DBInstanceAlreadyExists");
        if (instances.TryGetValue(of, out var source))
        {
            foreach (var (name, value) in source.Values)
                copy.Values[name] = value;
        }

        copy.Create(form);
        return null;
    }

    private static bool IsCovered(EmulatedInstance source, Dictionary<string, string> form)
    {
        if (Time(source.Values.GetValueOrDefault("LatestRestorableTime")) is not { } latest)
            return false;
        return Time(form.GetValueOrDefault("RestoreTime")) is not { } asked || (asked <= latest && asked >= Time(source.Values.GetValueOrDefault("EarliestRestorableTime")));
    }

    private static DateTimeOffset? Time(string? text) => text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

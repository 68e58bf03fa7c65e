using System.Xml.Linq;

namespace Lockkeeper.Tests.TestKit.Rds;

/// <summary>An instance of the emulator: what it is, what waits, and what becomes of it when.</summary>
internal sealed class EmulatedInstance(string id, EmulatorTimes times)
{
    /// <summary>Properties that the service changes in the maintenance window unless it is told to do it at once: parameter of a change, element of a description.</summary>
    private static readonly Dictionary<string, string> Deferred = new(StringComparer.Ordinal)
    {
        ["DBInstanceClass"] = "DBInstanceClass", ["AllocatedStorage"] = "AllocatedStorage", ["EngineVersion"] = "EngineVersion", ["MultiAZ"] = "MultiAZ", ["Iops"] = "Iops", ["StorageType"] = "StorageType", ["StorageThroughput"] = "StorageThroughput",
        ["BackupRetentionPeriod"] = "BackupRetentionPeriod", ["DBPortNumber"] = "Port", ["CACertificateIdentifier"] = "CACertificateIdentifier", ["EnableIAMDatabaseAuthentication"] = "IAMDatabaseAuthenticationEnabled",
    };

    private static readonly Dictionary<string, string> AtOnce = new(StringComparer.Ordinal)
    {
        ["MaxAllocatedStorage"] = "MaxAllocatedStorage", ["PreferredBackupWindow"] = "PreferredBackupWindow", ["PreferredMaintenanceWindow"] = "PreferredMaintenanceWindow", ["PubliclyAccessible"] = "PubliclyAccessible",
        ["DeletionProtection"] = "DeletionProtection", ["EnablePerformanceInsights"] = "PerformanceInsightsEnabled", ["DBParameterGroupName"] = "DBParameterGroupName", ["MasterUsername"] = "MasterUsername", ["DBName"] = "DBName",
        ["StorageEncrypted"] = "StorageEncrypted", ["KmsKeyId"] = "KmsKeyId", ["Engine"] = "Engine", ["Port"] = "Port", ["DBSubnetGroupName"] = "DBSubnetGroupName",
    };

    private readonly Queue<(DateTime When, Action What)> due = new();

    public string Id => id;

    /// <summary>Where it answers; null for where all do.</summary>
    public (string Host, int Port)? Place { get; init; }

    /// <summary>Whether it was removed.</summary>
    public bool IsGone { get; private set; }

    public string Status { get; set; } = "creating";

    public Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal) { ["BackupRetentionPeriod"] = "1", ["StorageType"] = "gp2", ["PreferredMaintenanceWindow"] = "mon:01:00-mon:02:00", ["MultiAZ"] = "false", ["Port"] = "5432" };

    public Dictionary<string, string> Pending { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Tags { get; } = new(StringComparer.Ordinal);

    public List<string> SecurityGroups { get; set; } = ["sg-default"];

    public List<string> Logs { get; } = [];

    public string ParameterStatus { get; set; } = "in-sync";

    public string Arn => $"arn:aws:rds:eu-west-1:111122223333:db:{id}";

    /// <summary>Does what is due.</summary>
    public void Advance()
    {
        while (due.TryPeek(out var next) && next.When <= DateTime.UtcNow)
        {
            due.Dequeue();
            next.What();
        }
    }

    /// <summary>Does all that would be due at some time.</summary>
    public void Finish()
    {
        while (due.TryDequeue(out var next))
            next.What();
    }

    public void Create(IReadOnlyDictionary<string, string> form)
    {
        foreach (var (name, value) in form)
        {
            if (AtOnce.TryGetValue(name, out var known) || Deferred.TryGetValue(name, out known))
                Values[known] = value;
        }

        Lists(form);
        Logs.AddRange(Numbered(form, "EnableCloudwatchLogsExports.member."));
        Values.TryAdd("DBParameterGroupName", "default.postgres16");
        // A version in its first parts gets the newest one of them.
        Values.TryAdd("EngineVersion", "16.4");
        if (!Values["EngineVersion"].Contains('.', StringComparison.Ordinal))
            Values["EngineVersion"] += ".4";
        Then(times.Creating, () => Status = "backing-up");
        Then(times.BackingUp, () => Status = "available");
    }

    public void Break(string status)
    {
        if (Status is not "creating" and not "backing-up" and not "available")
            return;
        due.Clear();
        Status = status;
    }

    public void Delete()
    {
        due.Clear();
        Status = "deleting";
        Then(times.Modifying, () => IsGone = true);
    }

    public void Modify(IReadOnlyDictionary<string, string> form)
    {
        Lists(form);
        Logs.AddRange(Numbered(form, "CloudwatchLogsExportConfiguration.EnableLogTypes.member."));
        Logs.RemoveAll(Numbered(form, "CloudwatchLogsExportConfiguration.DisableLogTypes.member.").Contains);
        foreach (var (name, value) in form)
        {
            if (Deferred.TryGetValue(name, out var waits))
            {
                if (Values.GetValueOrDefault(waits) == value)
                    Pending.Remove(waits);
                else
                    Pending[waits] = value;
            }
            else if (AtOnce.TryGetValue(name, out var known))
                Values[known] = value;
        }

        if (form.ContainsKey("DBParameterGroupName"))
            ParameterStatus = "pending-reboot";
        if (form.GetValueOrDefault("ApplyImmediately") == "true")
            ApplyPending();
    }

    /// <summary>What waits is made now: by a change at once, or since the window is open. For a moment the status does not say so yet, as with the real service.</summary>
    public void ApplyPending()
    {
        if (Pending.Count == 0)
            return;
        Then(times.Lag, () => Status = "modifying");
        Then(times.Modifying, () =>
        {
            foreach (var (name, value) in Pending)
                Values[name] = value;
            Pending.Clear();
            Status = "available";
        });
    }

    /// <summary>A change of its parameter group is brought to it.</summary>
    public void ApplyParameters(bool needsRestart)
    {
        var waited = needsRestart || ParameterStatus == "pending-reboot";
        ParameterStatus = "applying";
        Then(times.Lag, () => ParameterStatus = waited ? "pending-reboot" : "in-sync");
    }

    public XElement Describe((string Host, int Port) all) => Describe(Place?.Host ?? all.Host, Place?.Port ?? all.Port);

    private XElement Describe(string host, int port) => new("DBInstance",
        new XElement("DBInstanceIdentifier", id), new XElement("DBInstanceStatus", Status), new XElement("DBInstanceArn", Arn),
        Values.Where(one => one.Key is not ("Port" or "DBParameterGroupName" or "DBSubnetGroupName")).Select(one => new XElement(one.Key, one.Value)),
        new XElement("DbInstancePort", "0"),
        Status == "creating" ? null : new XElement("Endpoint", new XElement("Address", host), new XElement("Port", Values["Port"] == "5432" ? port : int.Parse(Values["Port"], System.Globalization.CultureInfo.InvariantCulture))),
        new XElement("VpcSecurityGroups", SecurityGroups.Select(group => new XElement("VpcSecurityGroupMembership", new XElement("VpcSecurityGroupId", group), new XElement("Status", "active")))),
        new XElement("DBParameterGroups", new XElement("DBParameterGroup", new XElement("DBParameterGroupName", Values["DBParameterGroupName"]), new XElement("ParameterApplyStatus", ParameterStatus))),
        new XElement("EnabledCloudwatchLogsExports", Logs.Select(log => new XElement("member", log))),
        new XElement("TagList", Tags.Select(tag => new XElement("Tag", new XElement("Key", tag.Key), new XElement("Value", tag.Value)))),
        new XElement("PendingModifiedValues", Pending.Select(one => new XElement(one.Key, one.Value))));

    private void Then(TimeSpan after, Action what) => due.Enqueue(((due.Count == 0 ? DateTime.UtcNow : due.Last().When) + after, what));

    private void Lists(IReadOnlyDictionary<string, string> form)
    {
        if (Numbered(form, "VpcSecurityGroupIds.VpcSecurityGroupId.") is { Count: > 0 } groups)
            SecurityGroups = groups;
        foreach (var (key, value) in Tagged(form))
            Tags[key] = value;
    }

    public static IEnumerable<KeyValuePair<string, string>> Tagged(IReadOnlyDictionary<string, string> form)
    {
        for (var i = 1; form.TryGetValue($"Tags.Tag.{i}.Key", out var key); i++)
            yield return new(key, form[$"Tags.Tag.{i}.Value"]);
    }

    private static List<string> Numbered(IReadOnlyDictionary<string, string> form, string prefix) => [.. form.Where(one => one.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(one => one.Value)];
}

/// <summary>How long things take in the emulator.</summary>
public sealed record EmulatorTimes
{
    public TimeSpan Creating { get; init; } = TimeSpan.FromMilliseconds(300);

    public TimeSpan BackingUp { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Until a change shows in the status.</summary>
    public TimeSpan Lag { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan Modifying { get; init; } = TimeSpan.FromMilliseconds(300);
}

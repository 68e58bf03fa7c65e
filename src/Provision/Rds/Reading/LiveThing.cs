using System.Xml.Linq;

namespace Lockkeeper.Provision.Rds.Reading;

/// <summary>An instance or an Aurora cluster as the service describes it.</summary>
/// <param name="xml">The description.</param>
internal sealed class LiveThing(XElement xml)
{
    private static readonly string[] UsableStates = ["available", "storage-optimization", "storage-config-upgrade", "backing-up", "configuring-enhanced-monitoring", "configuring-log-exports", "configuring-iam-database-auth"];

    private static readonly string[] DeadStates =
    [
        "failed", "deleting", "delete-precheck", "stopped", "stopping", "storage-full", "restore-error", "inaccessible-encryption-credentials", "inaccessible-encryption-credentials-recoverable", "insufficient-capacity",
        "incompatible-network", "incompatible-option-group", "incompatible-parameters", "incompatible-restore", "incompatible-create", "cloning-failed", "migration-failed",
    ];

    public string Status => Text("DBInstanceStatus") ?? Text("Status") ?? "";

    public string Name => Text("DBInstanceIdentifier") ?? Text("DBClusterIdentifier") ?? "";

    public string? Arn => Text("DBInstanceArn") ?? Text("DBClusterArn");

    /// <summary>Whether sessions can be opened.</summary>
    public bool IsUsable => UsableStates.Contains(Status, StringComparer.Ordinal);

    /// <summary>Whether it needs somebody's help.</summary>
    public bool IsDead => DeadStates.Contains(Status, StringComparer.Ordinal);

    /// <summary>Where the database answers; null before it does.</summary>
    public (string Host, int Port)? Endpoint
    {
        get
        {
            // An instance has an element with parts, a cluster a text.
            var host = Text("Endpoint", "Address") ?? (xml.Element("Endpoint") is { HasElements: false } text ? text.Value : null);
            var port = Text("Endpoint", "Port") ?? Text("Port");
            return host is { Length: > 0 } && int.TryParse(port, System.Globalization.CultureInfo.InvariantCulture, out var number) ? (host, number) : null;
        }
    }

    public IReadOnlyDictionary<string, string> Tags { get; } = (xml.Element("TagList")?.Elements() ?? []).ToDictionary(tag => tag.Element("Key")?.Value ?? "", tag => tag.Element("Value")?.Value ?? "", StringComparer.Ordinal);

    /// <summary>The text of an element; null when it is not there or empty.</summary>
    public string? Text(params string[] path)
    {
        var element = xml;
        foreach (var name in path)
            element = element?.Element(name);
        return element is { HasElements: false, Value: { Length: > 0 } value } ? value : null;
    }

    /// <summary>The texts of the members of a list.</summary>
    public IEnumerable<string> Texts(string list, string? field = null) =>
        (xml.Element(list)?.Elements() ?? []).Select(member => field is null ? member.Value : member.Element(field)?.Value ?? "").Where(text => text.Length > 0);

    /// <summary>A value that waits to take effect; null when none does.</summary>
    public string? Pending(string name) => Text("PendingModifiedValues", name);

    /// <summary>Whether any value waits to take effect.</summary>
    public bool HasPending => xml.Element("PendingModifiedValues")?.HasElements == true;

    /// <summary>Why it is not ready for what comes next; null when it is.</summary>
    /// <param name="pendingToo">Whether values that wait to take effect count.</param>
    public string? NotReady(bool pendingToo)
    {
        if (Status is not ("available" or "storage-optimization"))
            return Status;
        if (pendingToo && HasPending)
            return "changes wait to take effect";
        // Source: aws-cloudformation-resource-providers-rds, pull request 243.
        if (Texts("DBParameterGroups", "ParameterApplyStatus").Contains("applying", StringComparer.Ordinal))
            return "parameters are applied";
        if (Texts("VpcSecurityGroups", "Status").Any(status => status != "active"))
            return "security groups are changed";
        return Texts("StatusInfos", "Normal").Contains("false", StringComparer.Ordinal) ? "replication does not run yet" : null;
    }
}

using System.Globalization;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.Rds.Reading;

namespace Lockkeeper.Provision.Rds.Comparing;

/// <summary>What can be declared of an instance of RDS, of an Aurora cluster, and of an instance in one.</summary>
/// <remarks>Names: botocore's model of the service, version 2014-10-31.</remarks>
internal static class ServiceProperties
{
    private static readonly ServiceProperty Version = new("version", "EngineVersion", one => one.Version, live => live.Text("EngineVersion"))
    {
        Modify = "EngineVersion",
        Pending = "EngineVersion",
        Cost = Cost.Restart,
        IsSame = (_, actual, wanted) => actual == wanted || actual.StartsWith(wanted + ".", StringComparison.Ordinal),
        Refusal = (actual, wanted) => IsOlder(wanted, actual) ? "an older version can only be had in a new instance: move the data by dump and load or logical replication" : null,
        Loss = (actual, wanted) => Major(actual) == Major(wanted) ? null : $"the way back to version {actual}: a new major version cannot be undone",
        ModifyBy = (actual, wanted) => Major(actual) == Major(wanted) ? [new("EngineVersion", wanted)] : [new("EngineVersion", wanted), new("AllowMajorVersionUpgrade", "true")],
    };

    private static readonly ServiceProperty Class = Text("class", "DBInstanceClass", one => one.Managed.Class) with { Pending = "DBInstanceClass", Cost = Cost.Restart };

    private static readonly ServiceProperty BackupDays = Number("backup_days", "BackupRetentionPeriod", one => one.Managed.BackupDays) with
    {
        Pending = "BackupRetentionPeriod",
        Loss = (actual, wanted) => wanted == "0" && actual != "0" ? "all automated backups, and with them the way back to a point in time" : null,
    };

    private static readonly ServiceProperty BackupWindow = Text("backup_window", "PreferredBackupWindow", one => one.Managed.BackupWindow);

    private static readonly ServiceProperty MaintenanceWindow = Text("maintenance_window", "PreferredMaintenanceWindow", one => one.Managed.MaintenanceWindow) with { IsSame = (_, actual, wanted) => string.Equals(actual, wanted, StringComparison.OrdinalIgnoreCase) };

    private static readonly ServiceProperty SecurityGroups = new("security_groups", "VpcSecurityGroupIds", one => Joined(one.Managed.SecurityGroups), live => Joined(live.Texts("VpcSecurityGroups", "VpcSecurityGroupId")))
    {
        Modify = "VpcSecurityGroupIds",
        Member = "VpcSecurityGroupId",
        Loss = (actual, wanted) => actual.Split(',', StringSplitOptions.RemoveEmptyEntries).Except(wanted.Split(',')).ToList() is { Count: > 0 } gone ? $"access through {string.Join(", ", gone)}" : null,
    };

    private static readonly ServiceProperty Encrypted = Flag("encrypted", "StorageEncrypted", one => one.Managed.Encrypted) with { Modify = null };

    private static readonly ServiceProperty KmsKey = new("kms_key", "KmsKeyId", one => one.Managed.KmsKey, live => live.Text("KmsKeyId"))
    {
        // The service answers with the ARN, whatever the key was named by; what an alias stands for it does not say.
        IsSame = (_, actual, wanted) => actual == wanted || actual.EndsWith("/" + wanted, StringComparison.Ordinal) || wanted.Contains("alias/", StringComparison.Ordinal),
    };

    private static readonly ServiceProperty DeletionProtection = Flag("deletion_protection", "DeletionProtection", one => one.Managed.DeletionProtection);

    private static readonly ServiceProperty IamAuth = new("iam_auth", "EnableIAMDatabaseAuthentication", one => Word(one.Managed.IamAuth), live => live.Text("IAMDatabaseAuthenticationEnabled") ?? "false") { Modify = "EnableIAMDatabaseAuthentication", Pending = "IAMDatabaseAuthenticationEnabled" };

    private static readonly ServiceProperty PerformanceInsights = new("performance_insights", "EnablePerformanceInsights", one => Word(one.Managed.PerformanceInsights), live => live.Text("PerformanceInsightsEnabled") ?? "false") { Modify = "EnablePerformanceInsights" };

    private static readonly ServiceProperty Logs = new("logs", "EnableCloudwatchLogsExports", one => Joined(one.Managed.Logs), live => Joined(live.Texts("EnabledCloudwatchLogsExports")))
    {
        Modify = "CloudwatchLogsExportConfiguration",
        Member = "member",
        ModifyBy = (actual, wanted) =>
        {
            var (has, should) = (actual.Split(',', StringSplitOptions.RemoveEmptyEntries), wanted.Split(',', StringSplitOptions.RemoveEmptyEntries));
            return should.Except(has).Select((log, index) => new KeyValuePair<string, string>($"CloudwatchLogsExportConfiguration.EnableLogTypes.member.{index + 1}", log))
                .Concat(has.Except(should).Select((log, index) => new KeyValuePair<string, string>($"CloudwatchLogsExportConfiguration.DisableLogTypes.member.{index + 1}", log)));
        },
    };

    private static readonly ServiceProperty Ca = Text("ca", "CACertificateIdentifier", one => one.Managed.Ca) with { Pending = "CACertificateIdentifier", Cost = Cost.Restart };

    private static readonly ServiceProperty Public = Flag("public", "PubliclyAccessible", one => one.Managed.Public);

    private static readonly ServiceProperty User = Text("user", "MasterUsername", one => one.Managed.User) with { Modify = null };

    private static readonly ServiceProperty Storage = Number("storage", "AllocatedStorage", one => one.Managed.Storage) with
    {
        Pending = "AllocatedStorage",
        Unit = " GB",
        // Growth that the service has made by itself is what max_storage asks for.
        IsSame = (live, actual, wanted) => actual == wanted || (live.Text("MaxAllocatedStorage") is not null && Whole(actual) > Whole(wanted)),
        Refusal = (actual, wanted) => Whole(wanted) < Whole(actual) ? "a disk is never made smaller: a smaller one can only be had in a new instance" : null,
    };

    /// <summary>Of an instance of RDS.</summary>
    public static IReadOnlyList<ServiceProperty> OfInstance { get; } =
    [
        Class,
        Version,
        Storage,
        Number("max_storage", "MaxAllocatedStorage", one => one.Managed.MaxStorage) with { Unit = " GB" },
        Text("storage_type", "StorageType", one => one.Managed.StorageType) with { Pending = "StorageType" },
        Number("iops", "Iops", one => one.Managed.Iops) with { Pending = "Iops" },
        Number("throughput", "StorageThroughput", one => one.Managed.Throughput) with { Pending = "StorageThroughput", Unit = " MB/s" },
        Flag("multi_az", "MultiAZ", one => one.Managed.MultiAz) with { Pending = "MultiAZ" },
        BackupDays,
        BackupWindow,
        MaintenanceWindow,
        new("port", "Port", one => Digits(one.Managed.Port), live => live.Text("Endpoint", "Port") ?? live.Text("DbInstancePort")) { Modify = "DBPortNumber", Pending = "Port", Cost = Cost.Restart },
        SecurityGroups,
        new("subnet_group", "DBSubnetGroupName", one => one.Managed.SubnetGroup, live => live.Text("DBSubnetGroup", "DBSubnetGroupName")) { Modify = "DBSubnetGroupName", Pending = "DBSubnetGroupName", Cost = Cost.Restart },
        Public,
        Encrypted,
        KmsKey,
        DeletionProtection,
        PerformanceInsights,
        IamAuth,
        Logs,
        Ca,
        new("parameter_group", "DBParameterGroupName", one => one.Group, live => live.Texts("DBParameterGroups", "DBParameterGroupName").FirstOrDefault()) { Modify = "DBParameterGroupName" },
        User,
        Text("database", "DBName", one => one.Managed.Database) with { Modify = null },
    ];

    /// <summary>Of an Aurora cluster.</summary>
    public static IReadOnlyList<ServiceProperty> OfAurora { get; } =
    [
        Version,
        Text("storage_type", "StorageType", one => one.Managed.StorageType),
        BackupDays,
        BackupWindow,
        MaintenanceWindow,
        new("port", "Port", one => Digits(one.Managed.Port), live => live.Text("Port")) { Modify = "Port", Cost = Cost.Restart },
        SecurityGroups,
        new("subnet_group", "DBSubnetGroupName", one => one.Managed.SubnetGroup, live => live.Text("DBSubnetGroup")),
        Encrypted,
        KmsKey,
        DeletionProtection,
        IamAuth,
        Logs,
        new("parameter_group", "DBClusterParameterGroupName", one => one.Group, live => live.Text("DBClusterParameterGroup")) { Modify = "DBClusterParameterGroupName" },
        User,
        Text("database", "DatabaseName", one => one.Managed.Database) with { Modify = null },
    ];

    /// <summary>Of an instance in an Aurora cluster.</summary>
    public static IReadOnlyList<ServiceProperty> OfMember(ManagedInstanceConfig member) =>
    [
        Class with { Wanted = one => member.Class ?? one.Managed.Class },
        Text("zone", "AvailabilityZone", _ => member.Zone) with { Modify = null },
        Number("tier", "PromotionTier", _ => member.Tier),
        Public,
        PerformanceInsights,
        Ca,
    ];

    private static ServiceProperty Text(string word, string name, Func<RdsDeclaration, string?> wanted) => new(word, name, wanted, live => live.Text(name)) { Modify = name };

    private static ServiceProperty Number(string word, string name, Func<RdsDeclaration, int?> wanted) => new(word, name, one => Digits(wanted(one)), live => live.Text(name)) { Modify = name };

    private static ServiceProperty Flag(string word, string name, Func<RdsDeclaration, bool?> wanted) => new(word, name, one => Word(wanted(one)), live => live.Text(name) ?? "false") { Modify = name };

    private static string? Digits(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Word(bool? flag) => flag is null ? null : flag.Value ? "true" : "false";

    private static string? Joined(IEnumerable<string>? items) => items is null ? null : string.Join(',', items.Order(StringComparer.Ordinal));

    private static int Whole(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0;

    // 8.0.35 and 8.4.3 are two major versions of MySQL; 16.4 and 16.5 are one of PostgreSQL.
    private static string Major(string version) => version.Split('.') is [var first, var second, ..] && Whole(first) < 10 ? $"{first}.{second}" : version.Split('.')[0];

    private static bool IsOlder(string wanted, string actual)
    {
        var (left, right) = (wanted.Split('.'), actual.Split('.'));
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (left[i] != right[i] && int.TryParse(left[i], CultureInfo.InvariantCulture, out var a) && int.TryParse(right[i], CultureInfo.InvariantCulture, out var b))
                return a < b;
        }

        return false;
    }
}

using System.Globalization;
using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Config.Yaml;

namespace Lockkeeper.Kernel.Config.Shape.Clusters;

/// <summary>The keys of a cluster in a managed service. None is required here: what is missing may stand in the template.</summary>
internal static class ManagedShape
{
    private static readonly string[] StorageTypes = ["gp2", "gp3", "io1", "io2", "standard", "aurora", "aurora-iopt1"];

    private static readonly string[] LogNames = ["postgresql", "upgrade", "iam-db-auth-error", "instance", "audit", "error", "general", "slowquery"];

    private static ScalarShape<int> Gigabytes { get; } = new(
        "a size in whole GB", "Write it as 100GB or 2TB.",
        (YamlScalar scalar, string _, out int value) =>
        {
            value = 0;
            var unit = scalar.Text.EndsWith("GB", StringComparison.Ordinal) ? 1 : scalar.Text.EndsWith("TB", StringComparison.Ordinal) ? 1024 : 0;
            if (unit == 0 || !int.TryParse(scalar.Text.AsSpan(0, scalar.Text.Length - 2).TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 100_000)
                return new Mistake();
            value = number * unit;
            return null;
        },
        """{ "type": "string", "pattern": "^[0-9]+ *(GB|TB)$" }""");

    private static readonly Key<string> Region = new("region", Matching("a region", "^[a-z]{2,4}(-[a-z]+)+-[0-9]+$", "Write it as eu-west-1."), "The region.") { Example = "eu-west-1" };

    private static readonly Key<string> Endpoint = new("endpoint", Matching("a URL", "^https?://[^ ]+$", "It starts with http:// or https://."), "The URL of the service; by default the region's own.") { Example = "https://rds.eu-west-1.amazonaws.com/" };

    private static readonly Key<string> Profile = new("profile", Values.Text, "The profile of AWS's tools whose credentials are used; by default those of the variables AWS_…, the standard profile, the container or the machine.") { Example = "prod" };

    private static readonly Key<string> Identifier = new("identifier", Named, "Its name in the service; by default that of the declaration.") { Example = "shop-prod" };

    private static readonly Key<bool> Adopted = new("adopted", Values.Boolean, "Whether it may be taken over although it was not made by this project; lk provision adopt writes it.") { Default = "false", Example = "true" };

    private static readonly Key<string> Class = new("class", InstanceClass, "The class of its instances.") { Example = "db.r6g.large" };

    private static readonly Key<Placed<string>> Version = new(
        "version", new PlacedValueShape<string>(Matching("a version", "^[0-9]+(\\.[0-9a-z_]+)*$", "Write it as 16.4, or 16 for any minor version.")), "The engine's version, in full or its first parts; by default the major version of the key above.")
    {
        Example = "\"16.4\"",
    };

    private static readonly Key<int> Storage = new("storage", Gigabytes, "The disk; the service can make it larger and never smaller.") { Example = "100GB" };

    private static readonly Key<int> MaxStorage = new("max_storage", Gigabytes, "Up to which size the service makes the disk larger by itself; growth that it has made is no drift.") { Example = "500GB" };

    private static readonly Key<string> StorageType = new("storage_type", Values.Choice(StorageTypes, StorageTypes), "The kind of disk.") { Example = "gp3" };

    private static readonly Key<int> Iops = new("iops", Values.Integer(100, 1_000_000), "Disk operations a second.") { Example = "12000" };

    private static readonly Key<int> Throughput = new("throughput", Values.Integer(1, 100_000), "Disk throughput in MB a second, with gp3.") { Example = "500" };

    private static readonly Key<bool> MultiAz = new("multi_az", Values.Boolean, "Whether a standby in another zone takes over.") { Example = "true" };

    private static readonly Key<int> BackupDays = new("backup_days", Values.Integer(0, 35), "For how many days automated backups are kept; 0 for none.") { Example = "14" };

    private static readonly Key<string> BackupWindow = new("backup_window", Matching("a time span of the day", "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$", "Write it in UTC as \"03:00-04:00\"."), "When automated backups are made, in UTC.") { Example = "\"03:00-04:00\"" };

    private static readonly Key<string> MaintenanceWindow = new(
        "maintenance_window", Matching("a time span of the week", "^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$", "Write it in UTC as sun:05:00-sun:06:00."),
        "When changes that wait are made, in UTC.")
    {
        Example = "sun:05:00-sun:06:00",
    };

    private static readonly Key<int> Port = new("port", Values.Integer(1150, 65_535), "The port.") { Example = "5432" };

    private static readonly Key<IReadOnlyList<string>> SecurityGroups = new("security_groups", new OneOrMoreShape<string>(Matching("the id of a security group", "^sg-[0-9a-z]+$", "Write it as sg-0123456789abcdef0."), "security groups"), "Its security groups, exactly these.") { Example = "[sg-0123456789abcdef0]" };

    private static readonly Key<string> SubnetGroup = new("subnet_group", Values.Text, "Its subnet group.") { Example = "private" };

    private static readonly Key<bool> Public = new("public", Values.Boolean, "Whether it has a public address.") { Example = "false" };

    private static readonly Key<bool> Encrypted = new("encrypted", Values.Boolean, "Whether its disk is encrypted; cannot be changed later.") { Example = "true" };

    private static readonly Key<string> KmsKey = new("kms_key", Values.Text, "The id or ARN of the key of that encryption; cannot be changed later.") { Example = "\"arn:aws:kms:eu-west-1:111122223333:key/1234abcd\"" };

    private static readonly Key<bool> DeletionProtection = new("deletion_protection", Values.Boolean, "Whether the service refuses to delete it.") { Example = "true" };

    private static readonly Key<bool> PerformanceInsights = new("performance_insights", Values.Boolean, "Whether Performance Insights is on.") { Example = "true" };

    private static readonly Key<bool> IamAuth = new("iam_auth", Values.Boolean, "Whether roles may sign in by IAM.") { Example = "true" };

    private static readonly Key<IReadOnlyList<string>> Logs = new("logs", new OneOrMoreShape<string>(Values.Choice(LogNames, LogNames), "logs"), "Which logs go to CloudWatch, exactly these.") { Example = "[postgresql, upgrade]" };

    private static readonly Key<IReadOnlyDictionary<string, string>> Tags = new("tags", new MapShape<string>(Values.AnyText, "tags", anyKey: true), "Tags; others are left.") { Example = "{ team: payments }" };

    private static readonly Key<string> User = new("user", Matching("the name of a master user", "^[a-z][a-z0-9_]{0,62}$", "It starts with a letter and has lower-case letters, digits and _ only."), "The master user; cannot be changed later.") { Example = "lockkeeper" };

    private static readonly Key<Placed<string>> Password = new(
        "password", new PlacedValueShape<string>(ClusterValues.Secret), "Its password, by reference: the instance is made with it, and without 'admin' it is signed in with. It cannot be read back, so it is not compared.")
    {
        Example = "\"${env:MASTER_PASSWORD}\"",
    };

    private static readonly Key<string> Database = new("database", ClusterValues.Identifier, "The database that is made with the instance; cannot be changed later.") { Example = "shop" };

    private static readonly Key<string> Ca = new("ca", Values.Text, "The authority of its certificate.") { Example = "rds-ca-rsa2048-g1" };

    private static readonly Key<string> ParameterGroup = new("parameter_group", Values.Text, "A parameter group that somebody else keeps; without it 'parameters' go into a group that Lockkeeper makes.") { Example = "shared-postgres16" };

    private static readonly Key<ManagedApply> Apply = new("apply", Values.Choice(["window", "immediately"], [ManagedApply.Window, ManagedApply.Immediately]), "When changes that disturb sessions are made: in the maintenance window, or at once.") { Default = "window", Example = "immediately" };

    private static readonly Key<TimeSpan> Patience = new("patience", Values.Duration("7d"), "How long a run waits for the service to make its changes.") { Default = "1h", Example = "3h" };

    private static readonly Key<string> InstanceName = new("name", Named, "Its name in the service.") { Required = true, Example = "shop-prod-1" };

    private static readonly Key<string> Zone = new("zone", Values.Text, "Its availability zone; cannot be changed later.") { Example = "eu-west-1a" };

    private static readonly Key<Placed<int>> Tier = new("tier", new PlacedValueShape<int>(Values.Integer(0, 15)), "Its place in the order of failover, 0 first.") { Example = "1" };

    public static RecordShape<ManagedInstanceConfig> Instance { get; } = new(
        "an instance", [InstanceName, Class, Zone, Tier], fields => new ManagedInstanceConfig(fields.Get(InstanceName), fields.GetOrNull(Class), fields.GetOrNull(Zone), fields.GetOrNull(Tier)?.Value));

    private static readonly Key<IReadOnlyList<Placed<ManagedInstanceConfig>>> Instances = new("instances", new ListShape<Placed<ManagedInstanceConfig>>(new PlacedValueShape<ManagedInstanceConfig>(Instance), "instances"), "The instances of an Aurora cluster.")
    {
        Example = "[{ name: shop-prod-1, class: db.r6g.large }]",
    };

    public static RecordShape<ManagedConfig> Shape { get; } = new(
        "a managed service",
        [
            Region, Endpoint, Profile, Identifier, Adopted, Class, Version, Storage, MaxStorage, StorageType, Iops, Throughput, MultiAz, BackupDays, BackupWindow, MaintenanceWindow, Port, SecurityGroups, SubnetGroup, Public, Encrypted, KmsKey,
            DeletionProtection, PerformanceInsights, IamAuth, Logs, Tags, User, Password, Database, Ca, ParameterGroup, Apply, Patience, Instances,
        ],
        fields => new ManagedConfig
        {
            Region = fields.GetOrNull(Region),
            Endpoint = fields.GetOrNull(Endpoint),
            Profile = fields.GetOrNull(Profile),
            Identifier = fields.GetOrNull(Identifier),
            Adopted = fields.Get(Adopted),
            Class = fields.GetOrNull(Class),
            Version = fields.GetOrNull(Version),
            Storage = fields.NumberOrNull(Storage),
            MaxStorage = fields.NumberOrNull(MaxStorage),
            StorageType = fields.GetOrNull(StorageType),
            Iops = fields.NumberOrNull(Iops),
            Throughput = fields.NumberOrNull(Throughput),
            MultiAz = fields.NumberOrNull(MultiAz),
            BackupDays = fields.NumberOrNull(BackupDays),
            BackupWindow = fields.GetOrNull(BackupWindow),
            MaintenanceWindow = fields.GetOrNull(MaintenanceWindow),
            Port = fields.NumberOrNull(Port),
            SecurityGroups = fields.GetOrNull(SecurityGroups),
            SubnetGroup = fields.GetOrNull(SubnetGroup),
            Public = fields.NumberOrNull(Public),
            Encrypted = fields.NumberOrNull(Encrypted),
            KmsKey = fields.GetOrNull(KmsKey),
            DeletionProtection = fields.NumberOrNull(DeletionProtection),
            PerformanceInsights = fields.NumberOrNull(PerformanceInsights),
            IamAuth = fields.NumberOrNull(IamAuth),
            Logs = fields.GetOrNull(Logs),
            Tags = fields.GetOrNull(Tags) ?? new Dictionary<string, string>(),
            User = fields.GetOrNull(User),
            Password = fields.GetOrNull(Password),
            Database = fields.GetOrNull(Database),
            Ca = fields.GetOrNull(Ca),
            ParameterGroup = fields.GetOrNull(ParameterGroup),
            Apply = fields.Get(Apply),
            Patience = fields.Get(Patience),
            Instances = fields.GetOrNull(Instances) ?? [],
        });

    /// <summary>A class of instances.</summary>
    public static ScalarShape<string> InstanceClass => Matching("a class of instances", "^db\\.[a-z0-9-]+\\.[a-z0-9-]+$", "Write it as db.t4g.medium.");

    private static ScalarShape<string> Named => Matching("a name of the service", "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "It starts with a letter and has lower-case letters, digits and single '-' only, at most 63.");

    private static ScalarShape<string> Matching(string words, string pattern, string hint)
    {
        var right = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);
        return new ScalarShape<string>(
            words, hint,
            (YamlScalar scalar, string _, out string value) =>
            {
                value = scalar.Text;
                return value.Length <= 256 && right.IsMatch(value) ? null : new Mistake();
            },
            $$"""{ "type": "string", "pattern": "{{pattern.Replace("\\", "\\\\", StringComparison.Ordinal)}}" }""");
    }
}

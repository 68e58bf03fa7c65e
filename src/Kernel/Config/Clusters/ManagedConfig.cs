namespace Lockkeeper.Kernel.Config.Clusters;

/// <summary>When changes that disturb sessions are made in a managed service.</summary>
public enum ManagedApply
{
    /// <summary>In the instance's maintenance window.</summary>
    Window,

    /// <summary>At once.</summary>
    Immediately,
}

/// <summary>A cluster as a managed service (RDS, Aurora) keeps it. Nothing is said about what is null: it stays whatever it is.</summary>
public sealed record ManagedConfig
{
    /// <summary>The region, such as <c>eu-west-1</c>.</summary>
    public string? Region { get; init; }

    /// <summary>The URL of the service; null for the region's own.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The profile of AWS's tools whose credentials are used; null for the usual ones.</summary>
    public string? Profile { get; init; }

    /// <summary>The name in the service; null for that of the declaration.</summary>
    public string? Identifier { get; init; }

    /// <summary>Whether it was there before the declaration, so that it may be taken over.</summary>
    public bool Adopted { get; init; }

    /// <summary>The class of instances, such as <c>db.t4g.medium</c>.</summary>
    public string? Class { get; init; }

    /// <summary>The version of the engine, in full or its first parts: <c>16.4</c>, <c>16</c>.</summary>
    public Placed<string>? Version { get; init; }

    /// <summary>The disk in GB (2^30 bytes).</summary>
    public int? Storage { get; init; }

    /// <summary>Up to which size the service makes the disk larger by itself, in GB.</summary>
    public int? MaxStorage { get; init; }

    /// <summary>The kind of disk.</summary>
    public string? StorageType { get; init; }

    /// <summary>Disk operations a second.</summary>
    public int? Iops { get; init; }

    /// <summary>Disk throughput in MB a second.</summary>
    public int? Throughput { get; init; }

    /// <summary>Whether a standby in another zone takes over.</summary>
    public bool? MultiAz { get; init; }

    /// <summary>For how many days automated backups are kept; 0 for none.</summary>
    public int? BackupDays { get; init; }

    /// <summary>When they are made, in UTC: <c>03:00-04:00</c>.</summary>
    public string? BackupWindow { get; init; }

    /// <summary>When changes that wait are made, in UTC: <c>sun:05:00-sun:06:00</c>.</summary>
    public string? MaintenanceWindow { get; init; }

    /// <summary>The port.</summary>
    public int? Port { get; init; }

    /// <summary>The ids of its security groups; exact.</summary>
    public IReadOnlyList<string>? SecurityGroups { get; init; }

    /// <summary>The name of its subnet group.</summary>
    public string? SubnetGroup { get; init; }

    /// <summary>Whether it has a public address.</summary>
    public bool? Public { get; init; }

    /// <summary>Whether the disk is encrypted; cannot be changed later.</summary>
    public bool? Encrypted { get; init; }

    /// <summary>The key of the encryption; cannot be changed later.</summary>
    public string? KmsKey { get; init; }

    /// <summary>Whether the service refuses to delete it.</summary>
    public bool? DeletionProtection { get; init; }

    /// <summary>Whether Performance Insights is on.</summary>
    public bool? PerformanceInsights { get; init; }

    /// <summary>Whether roles may sign in by IAM.</summary>
    public bool? IamAuth { get; init; }

    /// <summary>Which logs go to CloudWatch; exact.</summary>
    public IReadOnlyList<string>? Logs { get; init; }

    /// <summary>Tags; others are left.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The master user; cannot be changed later.</summary>
    public string? User { get; init; }

    /// <summary>Its password when the instance is made, as a secret reference.</summary>
    public Placed<string>? Password { get; init; }

    /// <summary>The database that is made with it; cannot be changed later.</summary>
    public string? Database { get; init; }

    /// <summary>The authority of its certificate.</summary>
    public string? Ca { get; init; }

    /// <summary>A parameter group that somebody else keeps; null for one that <c>parameters</c> make.</summary>
    public string? ParameterGroup { get; init; }

    /// <summary>When changes are made.</summary>
    public ManagedApply Apply { get; init; }

    /// <summary>How long a run waits for the service to make its changes.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The instances of an Aurora cluster.</summary>
    public IReadOnlyList<Placed<ManagedInstanceConfig>> Instances { get; init; } = [];
}

/// <summary>An instance of an Aurora cluster.</summary>
/// <param name="Name">Its name in the service.</param>
/// <param name="Class">Its class; null for the cluster's.</param>
/// <param name="Zone">Its availability zone; null for the service's choice.</param>
/// <param name="Tier">Its place in the order of failover; null for whichever it is.</param>
public sealed record ManagedInstanceConfig(string Name, string? Class, string? Zone, int? Tier);

/// <summary>The names of engines in declarations.</summary>
public static class ClusterEngines
{
    /// <summary>PostgreSQL that is reached by its protocol alone.</summary>
    public const string Postgres = "postgres";

    /// <summary>Those that a managed service runs.</summary>
    public static IReadOnlyList<string> Managed { get; } = ["rds-postgres", "aurora-postgres", "rds-mysql", "aurora-mysql"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Postgres, .. Managed];
}

namespace Lockkeeper.Kernel.Config.Clusters;

/// <summary>How a cluster is backed up. Keys, defaults and their meaning are declared once in <c>BackupShape</c>.</summary>
public sealed record BackupConfig
{
    /// <summary>The engine that takes them: <c>pgbackrest</c>.</summary>
    public string Method { get; init; } = "pgbackrest";

    /// <summary>The name of the cluster in its repositories; null for the cluster's own.</summary>
    public string? Stanza { get; init; }

    /// <summary>The folder of configuration, spool, locks and logs on the cluster's host; null for one below /var/lib/lockkeeper.</summary>
    public string? Folder { get; init; }

    /// <summary>Where the backups go; the first is the one that is restored from by default. None of what a managed service runs.</summary>
    public IReadOnlyList<Placed<RepositoryConfig>> Repositories { get; init; } = [];

    /// <summary>How files are compressed: <c>none</c>, <c>lz4</c>, <c>gz</c>, <c>zst</c> or <c>bz2</c>.</summary>
    public string Compression { get; init; } = "zst";

    /// <summary>How many processes copy at the same time.</summary>
    public int Processes { get; init; } = 2;

    /// <summary>When backups are taken.</summary>
    public BackupScheduleConfig Schedule { get; init; } = new(null, null, null);

    /// <summary>How much of what was committed may be lost at most; null when nobody has said.</summary>
    public TimeSpan? RecoveryPoint { get; init; }

    /// <summary>How long a restore may take at most; null when nobody has said.</summary>
    public TimeSpan? RecoveryTime { get; init; }

    /// <summary>After how long a segment that is not full is archived all the same.</summary>
    public TimeSpan ArchiveTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether WAL is pushed by a process of its own, several segments at once.</summary>
    public bool ArchiveAsync { get; init; }

    /// <summary>What is done when segments are missing in the archive.</summary>
    public OnHole OnHole { get; init; }

    /// <summary>What is done before a migration that destroys something or has no way back.</summary>
    public BeforeMigrations BeforeMigrations { get; init; }

    /// <summary>How restores are tried.</summary>
    public DrillConfig Drill { get; init; } = new();

    /// <summary>Questions to a restored copy with their answers.</summary>
    public IReadOnlyList<Placed<DataCheckConfig>> Checks { get; init; } = [];
}

/// <summary>What is done when segments are missing in the archive, so that nothing after them can be restored.</summary>
public enum OnHole
{
    /// <summary>It is said.</summary>
    Alert,

    /// <summary>A full backup is taken at once, and it is said.</summary>
    Full,
}

/// <summary>What is done before a migration that destroys something or has no way back.</summary>
public enum BeforeMigrations
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>A restore point is written into the log.</summary>
    RestorePoint,

    /// <summary>An incremental backup is taken, and a restore point is written into the log.</summary>
    Incremental,
}

/// <summary>A place for backups.</summary>
public sealed record RepositoryConfig
{
    /// <summary>Its folder; of an object store, the prefix.</summary>
    public required string Path { get; init; }

    /// <summary>The object store; null for a folder of the host.</summary>
    public ObjectStoreConfig? ObjectStore { get; init; }

    /// <summary>Where it is, for people.</summary>
    public string Place => ObjectStore is { } store ? $"s3://{store.Bucket}{Path} at {store.Endpoint}" : Path;

    /// <summary>The pass of AES-256 as a secret reference; null for no encryption.</summary>
    public Placed<string>? Cipher { get; init; }

    /// <summary>How many full backups are kept.</summary>
    public int FullBackups { get; init; } = 2;

    /// <summary>How many differential backups are kept; null for as many as their full ones.</summary>
    public int? DifferentialBackups { get; init; }

    /// <summary>For how many days full backups are kept, instead of how many; null for the count.</summary>
    public int? Days { get; init; }
}

/// <summary>An object store that speaks S3.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Endpoint">Host, and port unless it is 443.</param>
/// <param name="Region">The region.</param>
/// <param name="Key">The access key as a secret reference.</param>
/// <param name="Secret">The secret key as a secret reference.</param>
/// <param name="IsPathStyle">Whether the bucket stands in the path and not in the host's name.</param>
/// <param name="CaFile">The file of the authority that signed the endpoint's certificate; null for the system's.</param>
public sealed record ObjectStoreConfig(string Bucket, string Endpoint, string Region, Placed<string> Key, Placed<string> Secret, bool IsPathStyle, string? CaFile);

/// <summary>When backups are taken, each as five fields of cron; null for never.</summary>
/// <param name="Full">Full backups.</param>
/// <param name="Differential">What has changed since the last full one.</param>
/// <param name="Incremental">What has changed since the last one of any kind.</param>
public sealed record BackupScheduleConfig(string? Full, string? Differential, string? Incremental)
{
    /// <summary>Whether <c>lk serve</c> takes them; otherwise the host's own cron.</summary>
    public bool ByServer { get; init; }

    /// <summary>The time zone of what the server runs, an IANA name. Default UTC.</summary>
    public string Zone { get; init; } = "UTC";
}

/// <summary>How restores are tried.</summary>
public sealed record DrillConfig
{
    /// <summary>How often there must be one; a drill that is older is overdue.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromDays(7);

    /// <summary>When <c>lk serve</c> runs one, as five fields of cron; null for never.</summary>
    public string? Cron { get; init; }

    /// <summary>The folder for the copies; null for one beside the data.</summary>
    public string? Folder { get; init; }

    /// <summary>The class of the instance that a managed service makes for a drill; null for that of the cluster.</summary>
    public string? Class { get; init; }

    /// <summary>The share of the rows that a manifest hashes, 0 to 100 percent.</summary>
    public double SamplePercent { get; init; } = 100;
}

/// <summary>A question to a restored copy.</summary>
/// <param name="Name">What it asks.</param>
/// <param name="Database">Where it is asked.</param>
/// <param name="Sql">The query; its first value counts.</param>
/// <param name="Expect">The answer as text.</param>
public sealed record DataCheckConfig(string Name, string Database, string Sql, string Expect);

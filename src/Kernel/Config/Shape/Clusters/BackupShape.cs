using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Kernel.Config.Shape.Clusters;

/// <summary>The keys of <c>backup</c> of a cluster.</summary>
internal static class BackupShape
{
    private static readonly string[] Compressions = ["none", "lz4", "gz", "zst", "bz2"];

    private static readonly Key<string> Bucket = new("bucket", Values.Text, "The bucket.") { Required = true, Example = "shop-backups" };

    private static readonly Key<string> Endpoint = new("endpoint", Values.Text, "The host, with its port unless that is 443.") { Required = true, Example = "s3.eu-central-1.amazonaws.com" };

    private static readonly Key<string> Region = new("region", Values.Text, "The region.") { Required = true, Example = "eu-central-1" };

    private static readonly Key<Placed<string>> AccessKey = new("key", new PlacedValueShape<string>(ClusterValues.Secret), "The access key.") { Required = true, Example = "\"${env:BACKUP_KEY}\"" };

    private static readonly Key<Placed<string>> SecretKey = new("secret", new PlacedValueShape<string>(ClusterValues.Secret), "The secret key.") { Required = true, Example = "\"${env:BACKUP_SECRET}\"" };

    private static readonly Key<bool> PathStyle = new("path_style", Values.Boolean, "Whether the bucket stands in the path and not in the host's name, as small stores want it.") { Default = "false", Example = "true" };

    private static readonly Key<string> CaFile = new("ca", Values.Text, "The file of the authority that signed the endpoint's certificate; by default those of the system.") { Example = "/etc/ssl/backup-ca.pem" };

    public static RecordShape<ObjectStoreConfig> ObjectStore { get; } = new(
        "an object store", [Bucket, Endpoint, Region, AccessKey, SecretKey, PathStyle, CaFile],
        fields => new ObjectStoreConfig(fields.Get(Bucket), fields.Get(Endpoint), fields.Get(Region), fields.Get(AccessKey), fields.Get(SecretKey), fields.Get(PathStyle), fields.GetOrNull(CaFile)));

    private static readonly Key<string> Path = new("path", ClusterValues.RepositoryPath, "The folder; in an object store, the prefix.") { Required = true, Example = "/var/lib/pgbackrest" };

    private static readonly Key<ObjectStoreConfig> Store = new("s3", ObjectStore, "The object store; without it the path is a folder of the host.") { Example = "{ bucket: shop, endpoint: s3.example.com, region: eu, key: \"${env:BACKUP_KEY}\", secret: \"${env:BACKUP_SECRET}\" }" };

    private static readonly Key<Placed<string>> Cipher = new("cipher", new PlacedValueShape<string>(ClusterValues.Secret), "The pass with which all files are encrypted (AES-256). It cannot be changed for a repository that is in use, and without it nothing can be restored.") { Example = "\"${file:/run/secrets/backup_pass}\"" };

    private static readonly Key<int> Full = new("full", Values.Integer(1, 9_999), "How many full backups are kept, with the others that need them and the WAL.") { Default = "2", Example = "4" };

    private static readonly Key<int> Differential = new("differential", Values.Integer(1, 9_999), "How many differential backups are kept; without it, as many as their full ones.") { Example = "7" };

    private static readonly Key<int> Days = new("days", Values.Integer(1, 9_999), "For how many days full backups are kept, instead of how many of them.") { Example = "14" };

    public static RecordShape<RepositoryConfig> Retention { get; } = new(
        "the retention of a repository", [Full, Differential, Days],
        fields => new RepositoryConfig { Path = "", FullBackups = fields.Get(Full), DifferentialBackups = fields.NumberOrNull(Differential), Days = fields.NumberOrNull(Days) });

    private static readonly Key<RepositoryConfig> Keep = new("retention", Retention, "What is kept.") { Example = "{ full: 2, differential: 7 }" };

    public static RecordShape<RepositoryConfig> Repository { get; } = new(
        "a repository", [Path, Store, Cipher, Keep],
        fields => (fields.GetOrNull(Keep) ?? new RepositoryConfig { Path = "" }) with { Path = fields.Get(Path), ObjectStore = fields.GetOrNull(Store), Cipher = fields.GetOrNull(Cipher) });

    private static readonly Key<string> FullAt = new("full", ClusterValues.Cron, "When full backups are taken: minute, hour, day of the month, month, day of the week.") { Example = "\"0 3 * * sun\"" };

    private static readonly Key<string> DifferentialAt = new("differential", ClusterValues.Cron, "When is backed up what has changed since the last full one.") { Example = "\"0 3 * * mon-sat\"" };

    private static readonly Key<string> IncrementalAt = new("incremental", ClusterValues.Cron, "When is backed up what has changed since the last one of any kind.") { Example = "\"0 */6 * * *\"" };

    private static readonly Key<bool> By = new("by", Values.Choice(["host", "server"], [false, true]), "Who takes them: the host's own cron, which goes on whatever becomes of this program, or 'lk serve'.") { Default = "host", Example = "server" };

    private static readonly Key<string> Zone = new("zone", WindowShape.ZoneName, "The time zone of what the server runs, drills too, by its IANA name; the host's cron has the host's.") { Default = "UTC", Example = "Europe/Berlin" };

    public static RecordShape<BackupScheduleConfig> Schedule { get; } = new(
        "the schedule of backups", [FullAt, DifferentialAt, IncrementalAt, By, Zone],
        fields => new BackupScheduleConfig(fields.GetOrNull(FullAt), fields.GetOrNull(DifferentialAt), fields.GetOrNull(IncrementalAt)) { ByServer = fields.Get(By), Zone = fields.Get(Zone) });

    private static readonly Key<TimeSpan> Every = new("every", Values.Duration("365d"), "How often a restore is tried; a drill that is older than this is overdue.") { Default = "7d", Example = "1d" };

    private static readonly Key<string> DrillCron = new("cron", ClusterValues.Cron, "When 'lk serve' runs a drill; without it, only when somebody asks.") { Example = "\"0 5 * * sat\"" };

    private static readonly Key<string> DrillFolder = new("folder", InstanceShape.Folder(), "The folder for the copies, on the cluster's host; by default one below the folder of the backups.") { Example = "/var/tmp/drills" };

    private static readonly Key<string> DrillClass = new("class", ManagedShape.InstanceClass, "Of a managed service: the class of the instance that a drill makes; by default that of the cluster. A smaller one costs less, and measures a longer RTO than a real restore would have.") { Example = "db.t4g.medium" };

    private static readonly Key<double> Sample = new("sample_percent", Values.Number(0, 100), "The share of the rows of each table that a backup's manifest hashes; all are counted.") { Default = "100", Example = "5" };

    public static RecordShape<DrillConfig> Drill { get; } = new(
        "drills", [Every, DrillCron, DrillFolder, DrillClass, Sample], fields => new DrillConfig { Every = fields.Get(Every), Cron = fields.GetOrNull(DrillCron), Folder = fields.GetOrNull(DrillFolder), Class = fields.GetOrNull(DrillClass), SamplePercent = fields.Get(Sample) });

    private static readonly Key<string> CheckName = new("name", Values.Text, "What it asks.") { Required = true, Example = "there are orders" };

    private static readonly Key<string> CheckDatabase = new("database", ClusterValues.Identifier, "Where it is asked.") { Required = true, Example = "shop" };

    private static readonly Key<string> CheckSql = new("sql", Values.Text, "The query; the first value of its first row is compared.") { Required = true, Example = "\"SELECT count(*) > 0 FROM orders\"" };

    private static readonly Key<string> Expect = new("expect", Values.AnyText, "The answer, as psql prints it.") { Default = "t", Example = "t" };

    public static RecordShape<DataCheckConfig> Check { get; } = new(
        "a question to a restored copy", [CheckName, CheckDatabase, CheckSql, Expect], fields => new DataCheckConfig(fields.Get(CheckName), fields.Get(CheckDatabase), fields.Get(CheckSql), fields.Get(Expect)));

    private static readonly Key<string> Method = new("method", Values.Choice(["pgbackrest"], ["pgbackrest"]), "The program that takes backups.") { Default = "pgbackrest", Example = "pgbackrest" };

    private static readonly Key<string> Stanza = new("stanza", Values.Name, "The name of the cluster in its repositories; by default its own.") { Example = "shop" };

    private static readonly Key<string> Folder = new("folder", InstanceShape.Folder(), "The folder of configuration, spool, locks and logs on the cluster's host; by default /var/lib/lockkeeper/CLUSTER.") { Example = "/srv/backup/shop" };

    private static readonly Key<IReadOnlyList<Placed<RepositoryConfig>>> Repositories = new(
        "repositories", new ListShape<Placed<RepositoryConfig>>(new PlacedValueShape<RepositoryConfig>(Repository), "repositories", least: 1), "Where the backups go, each with all of them; restores read from the first that has what they need. Needed, except of what a managed service runs, which keeps them itself.")
    {
        Example = "[ { path: /var/lib/pgbackrest } ]",
    };

    private static readonly Key<string> Compression = new("compression", Values.Choice(Compressions, Compressions), "How files are compressed.") { Default = "zst", Example = "lz4" };

    private static readonly Key<int> Processes = new("processes", Values.Integer(1, 999), "How many processes copy at the same time.") { Default = "2", Example = "4" };

    private static readonly Key<BackupScheduleConfig> When = new("schedule", Schedule, "When backups are taken, by the host's cron or by the server; without it, only when somebody asks.") { Example = "{ full: \"0 3 * * sun\", differential: \"0 3 * * mon-sat\" }" };

    private static readonly Key<TimeSpan> RecoveryPoint = new("rpo", Values.Duration("365d"), "How much of what was committed may be lost at most.") { Example = "5m" };

    private static readonly Key<TimeSpan> RecoveryTime = new("rto", Values.Duration("365d"), "How long a restore may take at most.") { Example = "30m" };

    private static readonly Key<TimeSpan> ArchiveTimeout = new("archive_timeout", Values.Duration("1d"), "After how long a WAL segment that is not full is archived all the same.") { Default = "1m", Example = "30s" };

    private static readonly Key<bool> ArchiveAsync = new("archive_async", Values.Boolean, "Whether WAL is pushed by processes of its own, several segments at once: for servers that write more than one process can push.") { Default = "false", Example = "true" };

    private static readonly Key<OnHole> Hole = new("on_hole", Values.Choice(["alert", "full"], [OnHole.Alert, OnHole.Full]), "What 'lk backup alerts' does when WAL segments are missing in a repository: say so, or also take a full backup there at once.") { Default = "alert", Example = "full" };

    private static readonly Key<BeforeMigrations> Before = new("before_migrations", Values.Choice(["nothing", "restore-point", "incremental"], [BeforeMigrations.Nothing, BeforeMigrations.RestorePoint, BeforeMigrations.Incremental]),
        "What 'lk migrate' does before a migration that destroys something or has no way back: write a restore point, or also take an incremental backup before it.")
    {
        Default = "nothing", Example = "restore-point",
    };

    private static readonly Key<DrillConfig> Drills = new("drill", Drill, "How restores are tried.") { Example = "{ every: 1d }" };

    private static readonly Key<IReadOnlyList<Placed<DataCheckConfig>>> Checks = new(
        "checks", new ListShape<Placed<DataCheckConfig>>(new PlacedValueShape<DataCheckConfig>(Check), "questions"), "What a restored copy is asked in each drill.")
    {
        Example = "[ { name: there are orders, database: shop, sql: \"SELECT count(*) > 0 FROM orders\" } ]",
    };

    public static RecordShape<BackupConfig> Shape { get; } = new(
        "backups", [Method, Stanza, Folder, Repositories, Compression, Processes, When, RecoveryPoint, RecoveryTime, ArchiveTimeout, ArchiveAsync, Hole, Before, Drills, Checks],
        fields => new BackupConfig
        {
            Method = fields.Get(Method),
            Stanza = fields.GetOrNull(Stanza),
            Folder = fields.GetOrNull(Folder),
            Repositories = fields.GetOrNull(Repositories) ?? [],
            Compression = fields.Get(Compression),
            Processes = fields.Get(Processes),
            Schedule = fields.GetOrNull(When) ?? new BackupScheduleConfig(null, null, null),
            RecoveryPoint = fields.NumberOrNull(RecoveryPoint),
            RecoveryTime = fields.NumberOrNull(RecoveryTime),
            ArchiveTimeout = fields.Get(ArchiveTimeout),
            ArchiveAsync = fields.Get(ArchiveAsync),
            OnHole = fields.Get(Hole),
            BeforeMigrations = fields.Get(Before),
            Drill = fields.GetOrNull(Drills) ?? new DrillConfig(),
            Checks = fields.GetOrNull(Checks) ?? [],
        });
}

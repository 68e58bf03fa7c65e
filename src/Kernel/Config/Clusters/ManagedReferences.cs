using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Clusters;

/// <summary>Checks what a declaration says about a managed service, and that it says all that making one takes.</summary>
internal static class ManagedReferences
{
    public static IEnumerable<LockkeeperException> Check(ClusterConfig cluster)
    {
        var file = new SourcePosition(cluster.File, 1, 1);
        var isManaged = ClusterEngines.Managed.Contains(cluster.Engine, StringComparer.Ordinal);
        if (!isManaged && cluster.Admin.Value.Length == 0)
            yield return Missing("the file has no 'admin'", "Add it, for example: admin: \"${env:PROD_ADMIN_URL}\"", file);
        if (!isManaged && cluster.Managed is { } without)
            yield return Wrong($"the engine '{cluster.Engine}' is no managed service", $"Write engine: {ClusterEngines.Managed[0]}, or take 'managed' out.", without.At);
        if (isManaged && cluster.Managed is null)
            yield return Missing($"the engine '{cluster.Engine}' needs the key 'managed'", "Add it, for example: managed: { region: eu-west-1, class: db.t4g.medium, storage: 100GB }", file);
        if (!isManaged || cluster.Managed is not { } managed)
            yield break;
        foreach (var error in Complete(cluster, managed).Concat(Fitting(cluster, managed)).Concat(Inside(cluster)))
            yield return error;
    }

    private static IEnumerable<LockkeeperException> Complete(ClusterConfig cluster, Placed<ManagedConfig> managed)
    {
        var (declared, isAurora) = (managed.Value, cluster.Engine.StartsWith("aurora-", StringComparison.Ordinal));
        var needed = new List<(string Key, bool IsThere, string Example)>
        {
            ("region", declared.Region is not null, "region: eu-west-1"),
            ("version", declared.Version is not null || (cluster.Version is not null && cluster.Engine.EndsWith("-postgres", StringComparison.Ordinal)), "version: \"16.4\""),
            ("class", declared.Class is not null || (isAurora && declared.Instances.All(one => one.Value.Class is not null)), "class: db.t4g.medium"),
        };
        if (isAurora)
            needed.Add(("instances", declared.Instances.Count > 0, "instances: [{ name: shop-prod-1 }]"));
        else
            needed.Add(("storage", declared.Storage is not null, "storage: 100GB"));
        // What is there already has them, and the service does not give the password away.
        if (!declared.Adopted)
            needed.AddRange([("user", declared.User is not null, "user: lockkeeper"), ("password", declared.Password is not null, "password: \"${env:MASTER_PASSWORD}\"")]);
        foreach (var (key, _, example) in needed.Where(one => !one.IsThere))
            yield return Missing($"'managed' has no '{key}'", $"Add it, for example: {example}", managed.At);
        if (declared.Identifier is null && !IsIdentifier(cluster.Name))
            yield return Missing($"'{cluster.Name}' cannot be a name in the service", "Add to 'managed' an identifier of lower-case letters, digits and '-', for example: identifier: shop-prod", managed.At);
    }

    private static IEnumerable<LockkeeperException> Fitting(ClusterConfig cluster, Placed<ManagedConfig> managed)
    {
        var (declared, isAurora) = (managed.Value, cluster.Engine.StartsWith("aurora-", StringComparison.Ordinal));
        // The master user's password is in what is sent.
        if (declared.Endpoint is { } endpoint && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.IsLoopback)))
            yield return Wrong("'endpoint' is neither https nor on this machine, and passwords would be sent to it in clear text", "Write it as https.", managed.At);
        if (isAurora && (declared.Storage ?? declared.MaxStorage ?? declared.Iops ?? declared.Throughput) is not null)
            yield return Wrong("the disk of an Aurora cluster has no size", "Take 'storage', 'max_storage', 'iops' and 'throughput' out.", managed.At);
        if (isAurora && declared.MultiAz is not null)
            yield return Wrong("an Aurora cluster is in several zones by its instances", "Take 'multi_az' out, and declare a second instance.", managed.At);
        if (!isAurora && declared.Instances.Count > 0)
            yield return Wrong($"'{cluster.Engine}' has no list of instances", "Take 'instances' out, or write an engine of Aurora.", managed.At);
        foreach (var twice in declared.Instances.GroupBy(one => one.Value.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            yield return Wrong($"the instance '{twice.Key}' is declared twice", "Keep one of them.", twice.Last().At);
        if (declared.MaxStorage <= declared.Storage)
            yield return Wrong("'max_storage' is not more than 'storage'", "Write a larger size, or take it out.", managed.At);
        if (declared is { Throughput: not null, StorageType: not (null or "gp3") })
            yield return Wrong($"a disk of the kind {declared.StorageType} has no 'throughput'", "Write storage_type: gp3, or take it out.", managed.At);
        if (declared is { Iops: not null, StorageType: "gp2" or "standard" })
            yield return Wrong($"a disk of the kind {declared.StorageType} has no 'iops'", "Write storage_type: gp3, io1 or io2, or take it out.", managed.At);
        if (declared is { KmsKey: not null, Encrypted: false })
            yield return Wrong("there is a 'kms_key', and the disk is not encrypted", "Write encrypted: true, or take the key out.", managed.At);
        foreach (var tag in declared.Tags.Keys.Where(tag => tag.StartsWith("aws:", StringComparison.OrdinalIgnoreCase) || tag.StartsWith("lockkeeper:", StringComparison.OrdinalIgnoreCase)))
            yield return Wrong($"the tag '{tag}' cannot be declared: names that start with aws: or lockkeeper: are not for people", "Take another name.", managed.At);
        if (cluster.Instance is { } instance)
            yield return Wrong("'instance' is a server that the program keeps on a host, and the service keeps this one", "Take it out; what the service keeps stands under 'managed'.", instance.At);
        foreach (var key in cluster.Backup is { } policy ? OfHost(policy.Value) : [])
            yield return Wrong($"'backup: {key}' is about pgBackRest on a server's host, and the service makes the backups of this one", "Take it out: 'rpo', 'rto', 'drill' and 'checks' can stand there; 'backup_days' and 'backup_window' under 'managed' say how long and when.", cluster.Backup!.At);
        if (cluster.Pooler is { Value.Engine: not PoolerEngine.RdsProxy } pooler)
            yield return Wrong("a pooler on a host is not kept in front of a managed service yet", "Take 'pooler' out, or let it be an rds-proxy, which 'lk provision export --terraform' writes.", pooler.At);
        if (declared.ParameterGroup is not null && cluster.Parameters.Count > 0)
            yield return Wrong($"'parameters' go into a group of Lockkeeper's own, and 'parameter_group' names another", "Take one of them out.", managed.At);
        if (cluster.Profile is { Value: not "none" } profile)
            yield return Wrong("'profile' does not hold for a managed service, which computes parameters from the class of the instance", "Take it out; 'parameters' may hold the service's formulas.", profile.At);
        if (cluster.Engine.EndsWith("-mysql", StringComparison.Ordinal) && declared.Version?.Value.Contains('.', StringComparison.Ordinal) == false)
            yield return Wrong($"the version {declared.Version.Value} of MySQL has one part only", "Write two at least: 8.0 or 8.4.", declared.Version.At);
        if (declared.Version is { } version && cluster.Version is { } major && version.Value.Split('.')[0] != major.ToString(System.Globalization.CultureInfo.InvariantCulture))
            yield return Wrong($"the version is {version.Value} under 'managed', and {major} above", "Take one of them out.", version.At);
    }

    /// <summary>The keys of a policy that say something to a program on a host.</summary>
    private static IEnumerable<string> OfHost(BackupConfig policy)
    {
        var usual = new BackupConfig();
        var keys = new (string Key, bool IsSaid)[]
        {
            ("repositories", policy.Repositories.Count > 0), ("stanza", policy.Stanza is not null), ("folder", policy.Folder is not null), ("compression", policy.Compression != usual.Compression), ("processes", policy.Processes != usual.Processes),
            ("schedule", policy.Schedule with { Zone = usual.Schedule.Zone } != usual.Schedule), ("archive_timeout", policy.ArchiveTimeout != usual.ArchiveTimeout), ("archive_async", policy.ArchiveAsync), ("on_hole", policy.OnHole != usual.OnHole),
            ("before_migrations", policy.BeforeMigrations != usual.BeforeMigrations), ("drill: folder", policy.Drill.Folder is not null), ("drill: sample_percent", policy.Drill.SamplePercent < usual.Drill.SamplePercent),
        };
        return keys.Where(one => one.IsSaid).Select(one => one.Key);
    }

    private static IEnumerable<LockkeeperException> Inside(ClusterConfig cluster)
    {
        if (cluster.Engine.EndsWith("-mysql", StringComparison.Ordinal))
        {
            foreach (var at in cluster.Roles.Values.Select(role => role.At).Concat(cluster.Databases.Values.Select(database => database.At)).Take(1))
                yield return Wrong("roles and databases inside of MySQL cannot be declared yet", "Take 'roles' and 'databases' out; the instance and its parameters can be declared.", at);
            yield break;
        }

        if (cluster.Admin.Value.Length == 0 && cluster.Managed!.Value.Password is null && cluster.Roles.Count + cluster.Databases.Count > 0)
            yield return Missing("roles or databases are declared, and nobody to sign in as", "Add 'admin', for example: admin: \"postgres://deployer:${env:PASSWORD}@/postgres\", or the master user's password under 'managed'.", cluster.Managed.At);
        foreach (var (name, role) in cluster.Roles)
        {
            // The master user is in rds_superuser, which is none.
            if (role.Value.Superuser)
                yield return Wrong($"the role '{name}' cannot be a superuser in a managed service", "Let it be a member of rds_superuser.", role.At);
            if (role.Value.Replication)
                yield return Wrong($"the role '{name}' cannot have 'replication' in a managed service", "Let it be a member of rds_replication.", role.At);
        }
    }

    private static bool IsIdentifier(string name) =>
        name.Length is > 0 and <= 63 && char.IsAsciiLetterLower(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && !name.EndsWith('-') && !name.Contains("--", StringComparison.Ordinal);

    private static LockkeeperException Wrong(string message, string hint, SourcePosition at) => new(KernelErrors.ConfigBadValue, message, hint, at);

    private static LockkeeperException Missing(string message, string hint, SourcePosition at) => new(KernelErrors.ConfigMissingKey, message, hint, at);
}

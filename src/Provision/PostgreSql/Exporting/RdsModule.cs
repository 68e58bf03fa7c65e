using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.Exports;

namespace Lockkeeper.Provision.PostgreSql.Exporting;

/// <summary>An RDS instance or an Aurora cluster with its parameter group, as resources of the provider hashicorp/aws.</summary>
internal static class RdsModule
{
    private const string File = "instance.tf";

    private const long Gigabyte = 1L << 30;

    /// <summary>Classes of current generations by memory in GB and cores, the smallest first (AWS, "DB instance class types").</summary>
    private static readonly (string Name, int Memory, int Cores)[] Classes =
    [
        ("db.t4g.micro", 1, 2), ("db.t4g.small", 2, 2), ("db.t4g.medium", 4, 2), ("db.t4g.large", 8, 2), ("db.m7g.large", 8, 2), ("db.r7g.large", 16, 2), ("db.m7g.xlarge", 16, 4), ("db.r7g.xlarge", 32, 4), ("db.m7g.2xlarge", 32, 8),
        ("db.r7g.2xlarge", 64, 8), ("db.m7g.4xlarge", 64, 16), ("db.r7g.4xlarge", 128, 16), ("db.m7g.8xlarge", 128, 32), ("db.r7g.8xlarge", 256, 32), ("db.m7g.12xlarge", 192, 48), ("db.r7g.12xlarge", 384, 48),
        ("db.m7g.16xlarge", 256, 64), ("db.r7g.16xlarge", 512, 64),
    ];

    public static ServerConnection WriteInstance(ModuleDraft draft, HclText text)
    {
        var (cluster, version, managed) = (draft.Cluster, Version(draft), Managed(draft));
        var identifier = Identifier(draft);
        if (managed.ParameterGroup is null)
            WriteParameters(draft, text, "aws_db_parameter_group", Family(draft, "postgres"));
        text.Block("resource", ["aws_db_instance", "main"], () =>
        {
            text.Set("identifier", identifier);
            text.Set("engine", HclText.Quote("postgres"));
            text.Set("engine_version", version);
            text.Set("instance_class", Class(draft));
            text.Set("allocated_storage", draft.Variable("allocated_storage", "number", "Disk in GiB.", HclText.Number(managed.Storage ?? Math.Max(20, (cluster.Size?.DiskBytes ?? 100 * Gigabyte) / Gigabyte))));
            text.SetIf("max_allocated_storage", Number(managed.MaxStorage));
            text.Set("storage_type", HclText.Quote(managed.StorageType ?? (cluster.Size?.RotatingDisk == true ? "standard" : "gp3")));
            text.SetIf("iops", Number(managed.Iops));
            text.SetIf("storage_throughput", Number(managed.Throughput));
            WriteEncryption(managed, text);
            text.SetIf("db_name", Text(managed.Database));
            text.SetIf("port", Number(managed.Port));
            text.Gap();
            text.Set("username", TerraformTargets.AdminName(draft, managed.User ?? "lockkeeper_admin"));
            text.Set("password_wo", TerraformTargets.AdminPassword(draft));
            text.Set("password_wo_version", TerraformTargets.AdminPasswordVersion(draft));
            text.Gap();
            WriteNetwork(draft, text);
            text.Set("publicly_accessible", HclText.Flag(managed.Public == true));
            text.Set("multi_az", draft.Variable("multi_az", "bool", "Whether a standby in another zone takes over.", HclText.Flag(managed.MultiAz ?? cluster.Protect)));
            text.Set("parameter_group_name", Text(managed.ParameterGroup) ?? "aws_db_parameter_group.main.name");
            text.Gap();
            WriteSafety(draft, text, identifier);
            text.SetIf("backup_window", Text(managed.BackupWindow));
            text.SetIf("maintenance_window", Text(managed.MaintenanceWindow));
            WriteRest(managed, text);
            text.SetIf("ca_cert_identifier", Text(managed.Ca));
            text.SetIf("performance_insights_enabled", Flag(managed.PerformanceInsights));
            text.Set("apply_immediately", draft.Variable("apply_immediately", "bool", "Whether changes that cost an outage are made at once and not in the maintenance window.", HclText.Flag(managed.Apply == ManagedApply.Immediately)));
            text.Set("auto_minor_version_upgrade", "true");
            text.Set("tags", Tags(draft));
        });
        return new ServerConnection("aws_db_instance.main.address", "aws_db_instance.main.port", "aws", "hashicorp/aws", ">= 5.88.0");
    }

    public static ServerConnection WriteAurora(ModuleDraft draft, HclText text)
    {
        var (version, managed) = (Version(draft), Managed(draft));
        var identifier = Identifier(draft);
        if (managed.ParameterGroup is null)
            WriteParameters(draft, text, "aws_rds_cluster_parameter_group", Family(draft, "aurora-postgresql"));
        text.Block("resource", ["aws_rds_cluster", "main"], () =>
        {
            text.Set("cluster_identifier", identifier);
            text.Set("engine", HclText.Quote("aurora-postgresql"));
            text.Set("engine_version", version);
            WriteEncryption(managed, text);
            text.SetIf("database_name", Text(managed.Database));
            text.SetIf("port", Number(managed.Port));
            text.Gap();
            text.Set("master_username", TerraformTargets.AdminName(draft, managed.User ?? "lockkeeper_admin"));
            text.Set("master_password_wo", TerraformTargets.AdminPassword(draft));
            text.Set("master_password_wo_version", TerraformTargets.AdminPasswordVersion(draft));
            text.Gap();
            WriteNetwork(draft, text);
            text.Set("db_cluster_parameter_group_name", Text(managed.ParameterGroup) ?? "aws_rds_cluster_parameter_group.main.name");
            text.Gap();
            WriteSafety(draft, text, identifier);
            text.SetIf("preferred_backup_window", Text(managed.BackupWindow));
            text.SetIf("preferred_maintenance_window", Text(managed.MaintenanceWindow));
            WriteRest(managed, text);
            text.Set("tags", Tags(draft));
        });
        text.Block("resource", ["aws_rds_cluster_instance", "main"], () =>
        {
            text.Set("count", draft.Variable("instances", "number", "Instances of the cluster; each but the first is a reader that takes over.", managed.Instances.Count > 0 ? HclText.Number(managed.Instances.Count) : draft.Cluster.Protect ? "2" : "1"));
            text.Gap();
            text.Set("identifier", "\"${" + identifier + "}-${count.index}\"");
            text.Set("cluster_identifier", "aws_rds_cluster.main.id");
            text.Set("engine", "aws_rds_cluster.main.engine");
            text.Set("engine_version", "aws_rds_cluster.main.engine_version");
            text.Set("instance_class", Class(draft));
        });
        return new ServerConnection("aws_rds_cluster.main.endpoint", "aws_rds_cluster.main.port", "aws", "hashicorp/aws", ">= 5.88.0");
    }

    private static void WriteParameters(ModuleDraft draft, HclText text, string resource, string family) => text.Block("resource", [resource, "main"], () =>
    {
        // A group in use cannot be destroyed, so a new family comes under a new name first.
        text.Set("name_prefix", "\"${var.identifier}-\"");
        text.Set("family", family);
        text.Set("description", HclText.Quote($"Parameters of {draft.Cluster.Name}"));
        foreach (var (name, value) in ManagedParameters.Of(draft, File, numbersForFlags: true, "rds.logical_replication"))
        {
            text.Block("parameter", [], () =>
            {
                text.Set("name", HclText.Quote(name));
                text.Set("value", HclText.Quote(value));
                text.Set("apply_method", HclText.Quote(ParameterCatalog.NeedsRestart(name) || name == "rds.logical_replication" ? "pending-reboot" : "immediate"));
            });
        }

        text.Block("lifecycle", [], () => text.Set("create_before_destroy", "true"));
    });

    private static void WriteNetwork(ModuleDraft draft, HclText text)
    {
        text.Set("db_subnet_group_name", draft.Variable("subnet_group_name", "string", "Subnet group that it lives in.", Text(Managed(draft).SubnetGroup)));
        text.Set("vpc_security_group_ids", draft.Variable("security_group_ids", "list(string)", "Security groups that let clients reach it.", Managed(draft).SecurityGroups is { } groups ? HclText.List(groups.Select(HclText.Quote)) : null));
    }

    private static void WriteSafety(ModuleDraft draft, HclText text, string identifier)
    {
        text.Set("backup_retention_period", draft.Variable("backup_retention_days", "number", "Days that backups are kept, 0 for none.", HclText.Number(Managed(draft).BackupDays ?? 14)));
        text.Set("copy_tags_to_snapshot", "true");
        text.Set("deletion_protection", HclText.Flag(Managed(draft).DeletionProtection ?? draft.Cluster.Protect));
        text.Set("skip_final_snapshot", HclText.Flag(!draft.Cluster.Protect));
        if (draft.Cluster.Protect)
            text.Set("final_snapshot_identifier", "\"${" + identifier + "}-final\"");
    }

    private static void WriteEncryption(ManagedConfig managed, HclText text)
    {
        text.Set("storage_encrypted", HclText.Flag(managed.Encrypted ?? true));
        text.SetIf("kms_key_id", Text(managed.KmsKey));
    }

    private static void WriteRest(ManagedConfig managed, HclText text)
    {
        text.SetIf("iam_database_authentication_enabled", Flag(managed.IamAuth));
        if (managed.Logs is { } logs)
            text.Set("enabled_cloudwatch_logs_exports", HclText.List(logs.Select(HclText.Quote)));
    }

    /// <summary>What the declaration says about the service; nothing for a cluster that it does not run yet.</summary>
    private static ManagedConfig Managed(ModuleDraft draft) => draft.Cluster.Managed?.Value ?? new ManagedConfig();

    private static string? Text(string? value) => value is null ? null : HclText.Quote(value);

    private static string? Number(int? value) => value is { } number ? HclText.Number(number) : null;

    private static string? Flag(bool? value) => value is { } flag ? HclText.Flag(flag) : null;

    private static string Version(ModuleDraft draft) =>
        draft.Variable("engine_version", "string", "Version of PostgreSQL, major or major.minor.", Text(Managed(draft).Version?.Value) ?? (draft.Cluster.Version is { } major ? HclText.Quote(HclText.Number(major)) : null));

    private static string Family(ModuleDraft draft, string engine) =>
        draft.Cluster.Version is { } major ? HclText.Quote($"{engine}{HclText.Number(major)}") : $"\"{engine}${{split(\".\", var.engine_version)[0]}}\"";

    /// <summary>RDS takes letters, digits and single hyphens, a letter first.</summary>
    private static string Identifier(ModuleDraft draft)
    {
        var name = string.Join('-', string.Concat(draft.Cluster.Name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Split('-', StringSplitOptions.RemoveEmptyEntries));
        return draft.Variable("identifier", "string", "Name of the instance or cluster at AWS.", Text(Managed(draft).Identifier) ?? HclText.Quote(name.Length > 0 && char.IsAsciiLetter(name[0]) ? name : "db-" + name));
    }

    private static string Class(ModuleDraft draft) => draft.Variable("instance_class", "string", "Instance class.", HclText.Quote(Managed(draft).Class ?? ClassOf(draft.Cluster.Size)));

    /// <summary>The smallest class that has the memory and the cores.</summary>
    internal static string ClassOf(SizeConfig? size)
    {
        if (size is null)
            return "db.t4g.medium";
        var fits = Classes.Where(one => one.Memory * Gigabyte >= size.MemoryBytes && one.Cores >= size.Cores).OrderBy(one => one.Memory).ThenBy(one => one.Cores).FirstOrDefault();
        return fits.Name ?? Classes[^1].Name;
    }

    private static string Tags(ModuleDraft draft)
    {
        var own = string.Concat(Managed(draft).Tags.Select(tag => $", {HclText.Quote(tag.Key)} = {HclText.Quote(tag.Value)}"));
        var known = draft.Cluster.Environment is { } environment ? $", environment = {HclText.Quote(environment.Value)}" : "";
        return $"merge({{ lockkeeper = {HclText.Quote(draft.Cluster.Name)}{known}{own} }}, {draft.Variable("tags", "map(string)", "Further tags.", "{}")})";
    }
}

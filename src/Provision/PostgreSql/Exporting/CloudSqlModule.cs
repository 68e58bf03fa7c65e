using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.Exports;

namespace Lockkeeper.Provision.PostgreSql.Exporting;

/// <summary>A Cloud SQL instance with its flags, as resources of the provider hashicorp/google.</summary>
internal static class CloudSqlModule
{
    private const string File = "instance.tf";

    private const long Megabyte = 1L << 20;

    public static ServerConnection Write(ModuleDraft draft, HclText text)
    {
        var cluster = draft.Cluster;
        var name = draft.Variable("identifier", "string", "Name of the instance at Google; it cannot be used again for a week after a deletion.", HclText.Quote(cluster.Name.ToLowerInvariant().Replace('_', '-').Replace('.', '-')));
        text.Block("resource", ["google_sql_database_instance", "main"], () =>
        {
            text.Set("name", name);
            text.Set("region", draft.Variable("region", "string", "Region that it is in."));
            text.Set("database_version", draft.Variable("database_version", "string", "Version, such as POSTGRES_17.", cluster.Version is { } major ? HclText.Quote($"POSTGRES_{HclText.Number(major)}") : null));
            text.Set("deletion_protection", HclText.Flag(cluster.Protect));
            text.Block("settings", [], () => WriteSettings(draft, text));
        });
        text.Block("resource", ["google_sql_user", "admin"], () =>
        {
            text.Set("instance", "google_sql_database_instance.main.name");
            text.Set("name", TerraformTargets.AdminName(draft, "lockkeeper_admin"));
            text.Set("password_wo", TerraformTargets.AdminPassword(draft));
            text.Set("password_wo_version", TerraformTargets.AdminPasswordVersion(draft));
        });
        return new ServerConnection("google_sql_database_instance.main.private_ip_address", "5432", "google", "hashicorp/google", ">= 6.27.0");
    }

    private static void WriteSettings(ModuleDraft draft, HclText text)
    {
        var cluster = draft.Cluster;
        // ENTERPRISE_PLUS, the default from PostgreSQL 16 on, has no tiers of one's own making.
        text.Set("edition", HclText.Quote("ENTERPRISE"));
        text.Set("tier", draft.Variable("tier", "string", "Machine type.", HclText.Quote(TierOf(cluster.Size))));
        text.Set("availability_type", draft.Variable("availability_type", "string", "REGIONAL when a standby in another zone takes over, otherwise ZONAL.", HclText.Quote(cluster.Protect ? "REGIONAL" : "ZONAL")));
        text.Set("disk_type", HclText.Quote(cluster.Size?.RotatingDisk == true ? "PD_HDD" : "PD_SSD"));
        text.Set("disk_size", draft.Variable("disk_size", "number", "Disk in GB; it grows by itself.", HclText.Number(Math.Max(10, (cluster.Size?.DiskBytes ?? 100 * 1024 * Megabyte) / (1024 * Megabyte)))));
        text.Set("disk_autoresize", "true");
        text.Set("deletion_protection_enabled", HclText.Flag(cluster.Protect));
        text.Set("user_labels", Labels(draft));
        text.Block("backup_configuration", [], () =>
        {
            text.Set("enabled", "true");
            text.Set("point_in_time_recovery_enabled", "true");
            text.Block("backup_retention_settings", [], () => text.Set("retained_backups", draft.Variable("retained_backups", "number", "Backups that are kept.", "14")));
        });
        text.Block("ip_configuration", [], () =>
        {
            text.Set("ipv4_enabled", "false");
            text.Set("private_network", draft.Variable("private_network", "string", "Network that reaches it: projects/PROJECT/global/networks/NAME."));
            text.Set("ssl_mode", HclText.Quote("ENCRYPTED_ONLY"));
        });
        foreach (var (flag, value) in ManagedParameters.Of(draft, File, numbersForFlags: false, "cloudsql.logical_decoding"))
        {
            text.Block("database_flags", [], () =>
            {
                text.Set("name", HclText.Quote(flag));
                text.Set("value", HclText.Quote(value));
            });
        }
    }

    /// <summary>A machine of one's own making: 1 or an even number of cores, 0.9 to 6.5 GB for each, at least 3.75 GB, in steps of 256 MB (Cloud SQL, "Machine types").</summary>
    internal static string TierOf(SizeConfig? size)
    {
        if (size is null)
            return "db-custom-2-7680";
        var wanted = Math.Max((size.MemoryBytes + Megabyte - 1) / Megabyte, 3840);
        var cores = Math.Max(size.Cores, (wanted + 6655) / 6656);
        cores = cores == 1 ? 1 : (cores + 1) / 2 * 2;
        var memory = (Math.Max(wanted, cores * 922) + 255) / 256 * 256;
        return $"db-custom-{HclText.Number(cores)}-{HclText.Number(memory)}";
    }

    /// <summary>Labels take lower-case letters, digits, '_' and '-'.</summary>
    private static string Labels(ModuleDraft draft)
    {
        var known = draft.Cluster.Environment is { } environment ? $", environment = {HclText.Quote(Label(environment.Value))}" : "";
        return $"merge({{ lockkeeper = {HclText.Quote(Label(draft.Cluster.Name))}{known} }}, {draft.Variable("labels", "map(string)", "Further labels.", "{}")})";
    }

    private static string Label(string name) => string.Concat(name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
}

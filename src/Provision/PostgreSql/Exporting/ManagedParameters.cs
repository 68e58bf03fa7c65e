using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.PostgreSql.Profiles;

namespace Lockkeeper.Provision.PostgreSql.Exporting;

/// <summary>The parameters of a declaration that a managed service takes.</summary>
internal static class ManagedParameters
{
    /// <summary>What the service sets itself, and refuses: files, sockets, archiving, what protects the disk (RDS user guide, "Working with parameters"; Cloud SQL, "Configure database flags").</summary>
    private static readonly string[] Refused =
    [
        "archive_command", "archive_library", "archive_mode", "bonjour", "bonjour_name", "cluster_name", "config_file", "data_directory", "dynamic_library_path", "external_pid_file", "fsync", "full_page_writes", "hba_file",
        "ident_file", "include", "listen_addresses", "log_directory", "log_file_mode", "logging_collector", "port", "primary_conninfo", "restore_command", "ssl", "ssl_ca_file", "ssl_cert_file", "ssl_key_file",
        "superuser_reserved_connections", "unix_socket_directories", "unix_socket_group", "unix_socket_permissions", "wal_level", "password_encryption",
    ];

    /// <summary>The parameters in the form that services take; what they refuse becomes a note.</summary>
    /// <param name="draft">The module.</param>
    /// <param name="file">Where a note would be looked for.</param>
    /// <param name="numbersForFlags">Whether on and off are 1 and 0.</param>
    /// <param name="logical">The service's own parameter that stands for wal_level = logical.</param>
    public static IEnumerable<(string Name, string Value)> Of(ModuleDraft draft, string file, bool numbersForFlags, string logical)
    {
        foreach (var (name, value) in Declared(draft.Cluster))
        {
            if (string.Equals(name, "wal_level", StringComparison.OrdinalIgnoreCase) && value == "logical")
            {
                yield return (logical, numbersForFlags ? "1" : "on");
                continue;
            }

            if (Refused.Contains(name.ToLowerInvariant(), StringComparer.Ordinal))
            {
                // What a profile adds by itself is no wish of the declaration's.
                if (draft.Cluster.Parameters.ContainsKey(name))
                    draft.Note(file, $"the parameter {name}, which the service sets itself");
                continue;
            }

            var plain = ParameterCatalog.Plain(name, value);
            yield return (name, numbersForFlags ? plain switch { "on" when ParameterCatalog.IsFlag(name) => "1", "off" when ParameterCatalog.IsFlag(name) => "0", _ => plain } : plain);
        }
    }

    private static IEnumerable<(string Name, string Value)> Declared(ClusterConfig cluster)
    {
        var all = new OrderedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (cluster is { Size: { } size, Profile: { Value: not "none" } profile })
        {
            // lz4 is there since PostgreSQL 15.
            foreach (var (name, value) in ParameterProfile.Compute(profile.Value, size).Where(one => one.Name != "wal_compression" || cluster.Version >= 15))
                all[name] = value;
        }

        foreach (var (name, value) in cluster.Parameters)
            all[name] = value.Value;
        return all.Select(one => (one.Key, one.Value));
    }
}

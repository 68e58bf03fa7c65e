using System.Globalization;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.PostgreSql.Reading;

namespace Lockkeeper.Provision.PostgreSql.Profiles;

/// <summary>
/// Parameters computed from the size of a server and the kind of its work. The formulas are those that Pigsty 4.5 and autobase 2.8 ship, where they agree or one of them
/// says why; docs/duties/provision.md has the source of each.
/// </summary>
internal static class ParameterProfile
{
    private const long Megabyte = 1L << 20;

    private const long Gigabyte = 1L << 30;

    /// <summary>The parameters of a declaration: the profile's, and over them those that it names itself.</summary>
    public static IReadOnlyDictionary<string, Placed<string>> Of(ClusterConfig cluster, LiveCluster live)
    {
        if (cluster is not { Size: { } size, Profile: { Value: not "none" } profile })
            return cluster.Parameters;
        var parameters = new Dictionary<string, Placed<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in Compute(profile.Value, size))
        {
            // Not every version and build has each of them.
            if (live.Parameters.TryGetValue(name, out var parameter) && (parameter.Type != "enum" || parameter.Choices.Contains(value, StringComparer.Ordinal)))
                parameters[name] = new Placed<string>(value, profile.At);
        }

        foreach (var (name, value) in cluster.Parameters)
            parameters[name] = value;
        return parameters;
    }

    /// <summary>The values of a profile for a size.</summary>
    public static IReadOnlyList<(string Name, string Value)> Compute(string profile, SizeConfig size)
    {
        var (isOlap, isSmall) = (profile == "olap", profile == "small");
        var connections = isOlap ? 100 : isSmall ? 50 : 500;
        // A server that shares its machine leaves most of the memory to others.
        var buffers = isSmall ? Math.Min(size.MemoryBytes / 8, 256 * Megabyte) : size.MemoryBytes / 4;
        var workMemory = isOlap ? Math.Clamp(buffers / connections, 64 * Megabyte, Gigabyte) : Math.Clamp(buffers / connections, 4 * Megabyte, 64 * Megabyte);
        return
        [
            ("max_connections", Number(connections)),
            ("shared_buffers", Bytes(Math.Max(buffers, 16 * Megabyte))),
            ("effective_cache_size", Bytes(isSmall ? size.MemoryBytes / 4 : size.MemoryBytes - buffers)),
            ("maintenance_work_mem", Bytes(Math.Clamp(buffers / 4, 32 * Megabyte, 2 * Gigabyte))),
            ("work_mem", Bytes(workMemory)),
            ("max_worker_processes", Number(Math.Max(size.Cores + 8, 16) + 8)),
            ("max_parallel_workers", Number(Math.Max(size.Cores / 2, 2))),
            ("max_parallel_workers_per_gather", Number(isSmall ? 0 : isOlap ? Math.Max(size.Cores / 2, 2) : Math.Clamp(size.Cores / 5, 2, 8))),
            ("max_parallel_maintenance_workers", Number(isSmall ? 0 : Math.Clamp(size.Cores / 2, 2, 8))),
            ("min_wal_size", Bytes(Math.Clamp(size.DiskBytes / 20, 80 * Megabyte, 200 * Gigabyte))),
            ("max_wal_size", Bytes(Math.Clamp(size.DiskBytes / 5, Gigabyte, 2048 * Gigabyte))),
            // A slot that nobody reads must not fill the disk.
            ("max_slot_wal_keep_size", Bytes(Math.Min(size.DiskBytes * 3 / 10, 3072 * Gigabyte))),
            ("checkpoint_timeout", "15min"),
            ("checkpoint_completion_target", "0.95"),
            ("wal_compression", "lz4"),
            ("random_page_cost", size.RotatingDisk ? "4" : "1.1"),
            ("effective_io_concurrency", size.RotatingDisk ? "2" : "200"),
            ("default_statistics_target", isOlap ? "1000" : "400"),
            ("autovacuum_vacuum_scale_factor", "0.08"),
            ("autovacuum_analyze_scale_factor", "0.04"),
            ("autovacuum_vacuum_cost_limit", "2000"),
            ("idle_in_transaction_session_timeout", "10min"),
            ("jit", isOlap ? "on" : "off"),
            ("log_lock_waits", "on"),
            ("log_temp_files", "1MB"),
            ("log_checkpoints", "on"),
            ("log_autovacuum_min_duration", "1s"),
            ("log_min_duration_statement", isOlap ? "10s" : "500ms"),
            ("track_io_timing", "on"),
            ("password_encryption", "scram-sha-256"),
        ];
    }

    private static string Bytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / Megabyte}MB");

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

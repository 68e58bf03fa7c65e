using System.Globalization;
using System.Text;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.Exports;

namespace Lockkeeper.Provision.PostgreSql.Pooling;

/// <summary>The files of a Pgpool-II (4.3 and later), which somebody else installs.</summary>
internal static class PgpoolFiles
{
    private const int ServerPort = 5432;

    /// <summary>The files.</summary>
    public static IReadOnlyList<ExportedFile> Of(ClusterConfig cluster) => [new("pgpool.conf", Configuration(cluster)), new("pool_hba.conf", Access(cluster))];

    /// <summary>What of the declaration it has no words for, a sentence each.</summary>
    public static IReadOnlyList<string> NotExpressed(ClusterConfig cluster)
    {
        var pooler = cluster.Pooler!.Value;
        var notes = new List<string> { "passwords: Pgpool-II looks up nobody, so pool_passwd needs each role, written with pg_enc" };
        if (pooler.Mode != "session")
            notes.Add($"mode {pooler.Mode}: a client of Pgpool-II keeps its connection for the session");
        if (pooler.Databases.Values.Concat(pooler.Users.Values).Any(one => one.Value is not { Mode: null, PoolSize: null, ReserveSize: null, MaxConnections: null }))
            notes.Add("pools of databases and roles: a process of Pgpool-II serves whoever comes");
        return notes;
    }

    private static string Configuration(ClusterConfig cluster)
    {
        var pooler = cluster.Pooler!.Value;
        var backends = Backends(cluster);
        var text = new StringBuilder($"# {ExportFolder.Mark} from {cluster.File}; the next export writes it again.\n");
        List<(string Name, string Value)> settings =
        [
            ("backend_clustering_mode", Quoted("streaming_replication")),
            ("listen_addresses", Quoted(string.Join(',', pooler.Listen))),
            ("port", Number(pooler.Port)),
            // Each process has one connection to the server: num_init_children × max_pool may not pass max_connections (manual, "max_pool").
            ("num_init_children", Number(Math.Min(pooler.MaxClients, PoolSizes.MaxConnections(cluster) * 4 / 5))),
            ("max_pool", "1"),
            ("connection_life_time", Seconds(pooler.ServerLifetime)),
            ("enable_pool_hba", "on"),
            ("pool_passwd", Quoted("pool_passwd")),
            ("load_balance_mode", backends.Count > 1 ? "on" : "off"),
            // Without a role of its own for that, and with one server, there is nothing to follow.
            ("sr_check_period", backends.Count > 1 ? "10" : "0"),
            ("sr_check_user", Quoted(pooler.AuthUser)),
            ("health_check_period", backends.Count > 1 ? "10" : "0"),
            ("health_check_user", Quoted(pooler.AuthUser)),
            ("log_destination", Quoted("stderr")),
        ];
        if (pooler.Folder is { } folder)
            settings.AddRange([("socket_dir", Quoted(folder)), ("pcp_socket_dir", Quoted(folder)), ("pid_file_name", Quoted(Path.Combine(folder, "pgpool.pid"))), ("logdir", Quoted(folder))]);
        if (pooler.Tls is { } tls)
            settings.AddRange([("ssl", "on"), ("ssl_cert", Quoted("server.crt")), ("ssl_key", Quoted("server.key")), .. tls.Value.Ca is null ? Array.Empty<(string, string)>() : [("ssl_ca_cert", Quoted("clients.crt"))]]);
        for (var i = 0; i < backends.Count; i++)
        {
            settings.AddRange(
            [
                ($"backend_hostname{Number(i)}", Quoted(backends[i].Host)), ($"backend_port{Number(i)}", Number(backends[i].Port)), ($"backend_weight{Number(i)}", "1"),
                // Who is primary is decided by whoever keeps the cluster available, and not by its pooler.
                ($"backend_flag{Number(i)}", Quoted("DISALLOW_TO_FAILOVER")), ($"backend_application_name{Number(i)}", Quoted(backends[i].Name)),
            ]);
        }

        settings.AddRange(pooler.Parameters.Select(one => (one.Key, Quoted(one.Value.Value))));
        foreach (var (name, value) in settings)
            text.Append($"{name} = {value}\n");
        return text.ToString();
    }

    private static string Access(ClusterConfig cluster)
    {
        var text = new StringBuilder($"# {ExportFolder.Mark} from {cluster.File}; the next export writes it again.\n");
        var type = cluster.Pooler!.Value.Tls is null ? "host" : "hostssl";
        foreach (var (name, _) in PoolSizes.Databases(cluster))
            text.Append($"{type} \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\" all all scram-sha-256\n");
        return text.ToString();
    }

    private static IReadOnlyList<(string Name, string Host, int Port)> Backends(ClusterConfig cluster)
    {
        var (pooler, port) = (cluster.Pooler!.Value, cluster.Pooler.Value.ServerPort ?? cluster.Instance?.Value.Port ?? ServerPort);
        return pooler.ServerHost is { } host || cluster.Nodes.Count == 0
            ? [("server0", pooler.ServerHost ?? "127.0.0.1", port)]
            : [.. cluster.Nodes.Select(node => (node.Value.Name, node.Value.IsLocal ? "127.0.0.1" : node.Value.Host, port))];
    }

    /// <summary>A value in single quotes; control characters cannot stand there.</summary>
    private static string Quoted(string value) => $"'{string.Concat(value.Where(c => !char.IsControl(c))).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan span) => Math.Ceiling(span.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
}

using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Provision.PostgreSql.Pooling;

/// <summary>Where the pooler of a cluster is, and the server that it leads to.</summary>
/// <param name="Folder">The folder of its files and of its socket.</param>
/// <param name="User">The operating system's user that it runs as.</param>
/// <param name="Writer">Whose rights its files are written with.</param>
/// <param name="Unit">Its unit of systemd.</param>
/// <param name="ServerHost">The server's address as the pooler reaches it.</param>
/// <param name="ServerPort">The server's port.</param>
internal sealed record PgBouncerPlace(string Folder, string User, string Writer, string Unit, string ServerHost, int ServerPort)
{
    /// <summary>The configuration.</summary>
    public string Ini => Path.Combine(Folder, "pgbouncer.ini");

    /// <summary>The roles that are not looked up.</summary>
    public string UserList => Path.Combine(Folder, "userlist.txt");

    public string Certificate => Path.Combine(Folder, "server.crt");

    public string Key => Path.Combine(Folder, "server.key");

    public string Ca => Path.Combine(Folder, "clients.crt");

    public string Log => Path.Combine(Folder, "pgbouncer.log");

    public string PidFile => Path.Combine(Folder, "pgbouncer.pid");

    /// <summary>The file of its unit.</summary>
    public string UnitFile => Path.Combine("/etc/systemd/system", Unit);

    /// <summary>The owner of its files; the colon stands for the user's own group.</summary>
    public string Owner => User + ":";

    public static PgBouncerPlace Of(ClusterConfig cluster, string adminHost, int adminPort)
    {
        var pooler = cluster.Pooler!.Value;
        return new PgBouncerPlace(
            pooler.Folder ?? $"/etc/lockkeeper/{cluster.Name}/pgbouncer", pooler.User, pooler.Folder is null ? "root" : pooler.User, $"lockkeeper-pgbouncer-{cluster.Name}.service",
            pooler.ServerHost ?? (cluster.Instance is null ? adminHost : "127.0.0.1"), pooler.ServerPort ?? cluster.Instance?.Value.Port ?? adminPort);
    }
}

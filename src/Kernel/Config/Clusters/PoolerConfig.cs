namespace Lockkeeper.Kernel.Config.Clusters;

/// <summary>Which program pools connections.</summary>
public enum PoolerEngine
{
    /// <summary>PgBouncer, made and kept on the primary's host.</summary>
    PgBouncer,

    /// <summary>Pgpool-II: its files are written for somebody else to install.</summary>
    Pgpool,

    /// <summary>RDS Proxy, in the Terraform module.</summary>
    RdsProxy,
}

/// <summary>What keeps clients apart from connections to the server: many of the former share few of the latter.</summary>
public sealed record PoolerConfig
{
    /// <summary>The program.</summary>
    public PoolerEngine Engine { get; init; }

    /// <summary>The port that clients connect to.</summary>
    public int Port { get; init; } = 6432;

    /// <summary>The addresses that it listens on; <c>*</c> for all.</summary>
    public IReadOnlyList<string> Listen { get; init; } = ["127.0.0.1"];

    /// <summary>How long a client keeps a connection to the server: <c>transaction</c>, <c>session</c> or <c>statement</c>.</summary>
    public string Mode { get; init; } = "transaction";

    /// <summary>The most clients at once.</summary>
    public int MaxClients { get; init; } = 1000;

    /// <summary>Connections to the server for each pair of database and role; null for what the formula gives.</summary>
    public int? PoolSize { get; init; }

    /// <summary>Further connections of a pool when a client has waited for long.</summary>
    public int ReserveSize { get; init; } = 5;

    /// <summary>How long that is.</summary>
    public TimeSpan ReserveAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What is different for a database; those that are named, or every declared one.</summary>
    public IReadOnlyDictionary<string, Placed<PoolConfig>> Databases { get; init; } = new Dictionary<string, Placed<PoolConfig>>();

    /// <summary>What is different for a role.</summary>
    public IReadOnlyDictionary<string, Placed<PoolConfig>> Users { get; init; } = new Dictionary<string, Placed<PoolConfig>>();

    /// <summary>The role that looks up the verifiers of the others.</summary>
    public string AuthUser { get; init; } = "pgbouncer";

    /// <summary>Its password by reference; null for a random one, which stands in the pooler's own file only.</summary>
    public Placed<string>? Password { get; init; }

    /// <summary>Startup parameters of clients that are ignored: a pooled connection cannot have them.</summary>
    public IReadOnlyList<string> IgnoreStartupParameters { get; init; } = ["extra_float_digits"];

    /// <summary>How old a connection to the server may become.</summary>
    public TimeSpan ServerLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a connection to the server may be idle.</summary>
    public TimeSpan ServerIdle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a client waits for a connection before it is refused.</summary>
    public TimeSpan QueryWait { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Prepared statements that are kept for each connection, from PgBouncer 1.21 on; null for the program's own number.</summary>
    public int? PreparedStatements { get; init; }

    /// <summary>Encrypted connections of clients; null for none.</summary>
    public Placed<PoolerTlsConfig>? Tls { get; init; }

    /// <summary>Any other settings of the program.</summary>
    public IReadOnlyDictionary<string, Placed<string>> Parameters { get; init; } = new Dictionary<string, Placed<string>>();

    /// <summary>The address of the server as the pooler reaches it; null for that of the administrator's URL.</summary>
    public string? ServerHost { get; init; }

    /// <summary>The server's port as the pooler reaches it; null for that of the administrator's URL.</summary>
    public int? ServerPort { get; init; }

    /// <summary>The folder of its files on the host; null for one below /etc/lockkeeper.</summary>
    public string? Folder { get; init; }

    /// <summary>The operating system's user that it runs as.</summary>
    public string User { get; init; } = "postgres";

    /// <summary>What keeps it running.</summary>
    public InstanceService Service { get; init; }

    /// <summary>Whether PgBouncer's file can hold the name of a database or role.</summary>
    /// <param name="name">The name.</param>
    public static bool CanName(string name) => name != "pgbouncer" && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
}

/// <summary>What is different in the pools of a database or a role.</summary>
/// <param name="Mode">How long a client keeps a connection to the server; null as for all.</param>
/// <param name="PoolSize">Connections to the server for each pair; null as for all. Of databases only.</param>
/// <param name="ReserveSize">Further ones; null as for all. Of databases only.</param>
/// <param name="MaxConnections">The most connections to the server; null for no limit.</param>
public sealed record PoolConfig(string? Mode, int? PoolSize, int? ReserveSize, int? MaxConnections);

/// <summary>Encrypted connections from clients to the pooler.</summary>
/// <param name="Certificate">The file of the certificate with those that signed it, from the project's folder.</param>
/// <param name="Key">Its private key by reference.</param>
/// <param name="Ca">The file of the certificates that clients' are checked against, from the project's folder; null for none.</param>
/// <param name="Mode">As PgBouncer says it: <c>allow</c>, <c>prefer</c>, <c>require</c>, <c>verify-ca</c> or <c>verify-full</c>.</param>
public sealed record PoolerTlsConfig(Placed<string> Certificate, Placed<string> Key, Placed<string>? Ca, string Mode);

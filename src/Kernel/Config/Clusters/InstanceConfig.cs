namespace Lockkeeper.Kernel.Config.Clusters;

/// <summary>What a node of a cluster does.</summary>
public enum NodeRole
{
    /// <summary>It takes changes.</summary>
    Primary,

    /// <summary>It follows the primary.</summary>
    Replica,
}

/// <summary>A host of a cluster.</summary>
public sealed record NodeConfig
{
    /// <summary>The host of a cluster that names none: this one.</summary>
    public const string Local = "local";

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary><c>local</c>, or its name or address for ssh.</summary>
    public string Host { get; init; } = Local;

    /// <summary>Who signs in there; null for what ssh takes.</summary>
    public string? User { get; init; }

    /// <summary>The port of ssh; null for what ssh takes.</summary>
    public int? Port { get; init; }

    /// <summary>The file of the private key, from the project's folder; null for what ssh takes.</summary>
    public string? Identity { get; init; }

    /// <summary>The file of known host keys, from the project's folder; null for the user's.</summary>
    public string? KnownHosts { get; init; }

    /// <summary>What it does.</summary>
    public NodeRole Role { get; init; }

    /// <summary>Whether it is this host.</summary>
    public bool IsLocal => Host == Local;
}

/// <summary>How the files of an instance lie.</summary>
public enum InstanceLayout
{
    /// <summary>Debian's, where pg_createcluster is there, else one folder.</summary>
    Auto,

    /// <summary>Debian's: /etc/postgresql/VERSION/NAME and /var/lib/postgresql/VERSION/NAME.</summary>
    Debian,

    /// <summary>All in the data directory.</summary>
    Directory,
}

/// <summary>What keeps an instance running.</summary>
public enum InstanceService
{
    /// <summary>systemd where it runs, else nothing.</summary>
    Auto,

    /// <summary>systemd.</summary>
    Systemd,

    /// <summary>Nothing: it is started by the program and runs until it is stopped.</summary>
    None,
}

/// <summary>A server that the program makes and keeps itself.</summary>
public sealed record InstanceConfig
{
    /// <summary>Its port; null for that of the administrator's URL.</summary>
    public int? Port { get; init; }

    /// <summary>Its data directory; null for the layout's.</summary>
    public string? Data { get; init; }

    /// <summary>How its files lie.</summary>
    public InstanceLayout Layout { get; init; }

    /// <summary>The operating system's user that it runs as.</summary>
    public string User { get; init; } = "postgres";

    /// <summary>What keeps it running.</summary>
    public InstanceService Service { get; init; }

    /// <summary>Whether pages have checksums. Decided when it is made.</summary>
    public bool Checksums { get; init; } = true;

    /// <summary>The encoding of its first databases. Decided when it is made.</summary>
    public string Encoding { get; init; } = "UTF8";

    /// <summary>The locale of its first databases. Decided when it is made.</summary>
    public string Locale { get; init; } = "C.UTF-8";

    /// <summary>How long it may take to start.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether a run may restart it when a parameter needs that.</summary>
    public bool MayRestart { get; init; }
}

/// <summary>A line of pg_hba.conf.</summary>
public sealed record AccessRuleConfig
{
    /// <summary>The kind of connection: <c>local</c>, <c>host</c>, <c>hostssl</c>, <c>hostnossl</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Databases, or <c>all</c>, <c>sameuser</c>, <c>samerole</c>, <c>replication</c>.</summary>
    public IReadOnlyList<string> Databases { get; init; } = ["all"];

    /// <summary>Roles, <c>+ROLE</c> for its members, or <c>all</c>.</summary>
    public IReadOnlyList<string> Users { get; init; } = ["all"];

    /// <summary>A network such as <c>10.0.0.0/8</c>, a host name, <c>samehost</c>, <c>samenet</c> or <c>all</c>; null for a local one.</summary>
    public string? Address { get; init; }

    /// <summary>How one proves who one is.</summary>
    public string Method { get; init; } = "scram-sha-256";

    /// <summary>Options of the method.</summary>
    public IReadOnlyDictionary<string, Placed<string>> Options { get; init; } = new Dictionary<string, Placed<string>>();
}

/// <summary>Encrypted connections of an instance.</summary>
public sealed record TlsConfig
{
    /// <summary>The file of the certificate, from the project's folder; null for one that the program makes.</summary>
    public Placed<string>? Certificate { get; init; }

    /// <summary>The private key as a secret reference.</summary>
    public Placed<string>? Key { get; init; }

    /// <summary>The file of the certificates that clients' are checked against, from the project's folder; null for none.</summary>
    public Placed<string>? Ca { get; init; }

    /// <summary>Whether the program makes a certificate that it signs itself.</summary>
    public bool SelfSigned { get; init; }

    /// <summary>The oldest version of the protocol, as PostgreSQL names it.</summary>
    public string LeastVersion { get; init; } = "TLSv1.2";
}

using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Config.Yaml;

namespace Lockkeeper.Kernel.Config.Shape.Clusters;

/// <summary>The keys of hosts and of the instance that the program keeps on them.</summary>
internal static class InstanceShape
{
    private static readonly string[] TlsVersions = ["TLSv1.2", "TLSv1.3"];

    private static readonly Key<string> NodeName = new("name", Values.Name, "The node's name.") { Required = true, Example = "db1" };

    private static readonly Key<string> Host = new("host", HostName(), "The word local for this host, or its name or address for ssh.") { Default = "local", Example = "db1.example.net" };

    private static readonly Key<string> SshUser = new("user", OsUser(), "Who signs in there; what needs more rights is asked of sudo. By default as ssh does.") { Example = "deploy" };

    private static readonly Key<Placed<int>> SshPort = new("port", new PlacedValueShape<int>(Values.Integer(1, 65535)), "The port of its SSH server; by default as ssh does.") { Example = "2222" };

    private static readonly Key<string> Identity = new("identity", Values.Text, "The file of the private key, from the folder of lockkeeper.yaml; by default as ssh does.") { Example = ".ssh/deploy" };

    private static readonly Key<string> KnownHosts = new("known_hosts", Values.Text, "The file of known host keys, from the folder of lockkeeper.yaml; by default the user's. A host whose key is not in it is refused.") { Example = "known_hosts" };

    private static readonly Key<NodeRole> Role = new("role", Values.Choice(["primary", "replica"], [NodeRole.Primary, NodeRole.Replica]), "What it does. Replicas are not made yet.") { Default = "primary", Example = "replica" };

    private static readonly Key<Placed<int>> Port = new("port", new PlacedValueShape<int>(Values.Integer(1, 65535)), "The server's port; by default that of admin's URL.") { Example = "5432" };

    private static readonly Key<string> Data = new("data", Folder(), "The data directory; needed with the layout directory, else the layout's.") { Example = "/srv/postgres/shop" };

    private static readonly Key<InstanceLayout> Layout = new(
        "layout", Values.Choice(["auto", "debian", "directory"], [InstanceLayout.Auto, InstanceLayout.Debian, InstanceLayout.Directory]),
        "How its files lie: as Debian's pg_createcluster lays them (/etc/postgresql/VERSION/CLUSTER), or all in the data directory. auto: Debian's where pg_createcluster is there and no data directory is named.")
    {
        Default = "auto", Example = "directory",
    };

    private static readonly Key<string> User = new("user", OsUser(), "The operating system's user that it runs as.") { Default = "postgres", Example = "postgres" };

    private static readonly Key<InstanceService> Service = new(
        "service", Values.Choice(["auto", "systemd", "none"], [InstanceService.Auto, InstanceService.Systemd, InstanceService.None]),
        "What keeps it running: a unit of systemd, or nothing, so that apply starts it. auto: systemd where that runs.")
    {
        Default = "auto", Example = "systemd",
    };

    private static readonly Key<bool> Checksums = new("checksums", Values.Boolean, "Whether pages have checksums. Decided when it is made.") { Default = "true", Example = "false" };

    private static readonly Key<string> Encoding = new("encoding", Values.Name, "The encoding of its first databases. Decided when it is made.") { Default = "UTF8", Example = "UTF8" };

    private static readonly Key<string> Locale = new("locale", Values.Text, "The locale of its first databases. Decided when it is made.") { Default = "C.UTF-8", Example = "en_US.UTF-8" };

    private static readonly Key<TimeSpan> StartTimeout = new("start_timeout", Values.Duration("1h"), "How long it may take to start, recovery after a crash included.") { Default = "1m", Example = "5m" };

    private static readonly Key<bool> Restart = new(
        "restart", Values.Choice(["wait", "allowed"], [false, true]), "Whether apply may restart it for what needs that, in the window of its environment. With wait it says what waits, and --restart restarts.")
    {
        Default = "wait", Example = "allowed",
    };

    private static readonly Key<Placed<string>> Certificate = new("certificate", Placed(Values.Text), "The file of the certificate with those that signed it, from the folder of lockkeeper.yaml.") { Example = "tls/shop.crt" };

    private static readonly Key<Placed<string>> PrivateKey = new("key", Placed(ClusterValues.Secret), "Its private key, by reference.") { Example = "\"${file:/run/secrets/shop.key}\"" };

    private static readonly Key<Placed<string>> Ca = new("ca", Placed(Values.Text), "The file of the certificates that those of clients are checked against, from the folder of lockkeeper.yaml.") { Example = "tls/clients.crt" };

    private static readonly Key<bool> SelfSigned = new("self_signed", Values.Boolean, "Whether the program makes a certificate that it signs itself, and a new one 30 days before it ends.") { Default = "false", Example = "true" };

    private static readonly Key<string> LeastVersion = new("min_version", Values.Choice(TlsVersions, TlsVersions), "The oldest version of the protocol.") { Default = "TLSv1.2", Example = "TLSv1.3" };

    public static RecordShape<NodeConfig> Node { get; } = new(
        "a node", [NodeName, Host, SshUser, SshPort, Identity, KnownHosts, Role],
        fields => new NodeConfig
        {
            Name = fields.Get(NodeName),
            Host = fields.Get(Host),
            User = fields.GetOrNull(SshUser),
            Port = fields.GetOrNull(SshPort)?.Value,
            Identity = fields.GetOrNull(Identity),
            KnownHosts = fields.GetOrNull(KnownHosts),
            Role = fields.Get(Role),
        })
    {
        Check = node => node is { IsLocal: true } && (node.User ?? node.Identity ?? node.KnownHosts) is not null ? new Mistake($"the node '{node.Name}' is this host, to which nobody signs in", "Take user, identity and known_hosts out, or name the host.") : null,
    };

    public static RecordShape<InstanceConfig> Instance { get; } = new(
        "an instance", [Port, Data, Layout, User, Service, Checksums, Encoding, Locale, StartTimeout, Restart],
        fields => new InstanceConfig
        {
            Port = fields.GetOrNull(Port)?.Value,
            Data = fields.GetOrNull(Data),
            Layout = fields.Get(Layout),
            User = fields.Get(User),
            Service = fields.Get(Service),
            Checksums = fields.Get(Checksums),
            Encoding = fields.Get(Encoding),
            Locale = fields.Get(Locale),
            StartTimeout = fields.Get(StartTimeout),
            MayRestart = fields.Get(Restart),
        })
    {
        Check = instance => instance is { Layout: InstanceLayout.Directory, Data: null } ? new Mistake("an instance with the layout directory has no 'data'", "Add it, for example: data: /srv/postgres/shop") : null,
    };

    public static RecordShape<TlsConfig> Tls { get; } = new(
        "encrypted connections", [Certificate, PrivateKey, Ca, SelfSigned, LeastVersion],
        fields => new TlsConfig
        {
            Certificate = fields.GetOrNull(Certificate),
            Key = fields.GetOrNull(PrivateKey),
            Ca = fields.GetOrNull(Ca),
            SelfSigned = fields.Get(SelfSigned),
            LeastVersion = fields.Get(LeastVersion),
        })
    {
        Check = tls => tls.SelfSigned == (tls.Certificate is not null) || tls.SelfSigned == (tls.Key is not null)
            ? new Mistake("encrypted connections need a certificate with its key, or one that the program makes", "Write certificate and key, or self_signed: true.")
            : null,
    };

    private static PlacedValueShape<string> Placed(IShape<string> text) => new(text);

    /// <summary>A name that ssh cannot take for an option, and that needs no quotes in any configuration.</summary>
    private static ScalarShape<string> HostName() => new(
        "a host name or address", "Write local, or the name or address of a host.",
        (YamlScalar scalar, string _, out string value) =>
        {
            value = scalar.Text;
            return value.Length is > 0 and <= 253 && value[0] != '-' && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':') ? null : new Mistake();
        },
        """{ "type": "string", "pattern": "^[A-Za-z0-9._:][A-Za-z0-9._:-]{0,252}$" }""");

    private static ScalarShape<string> OsUser() => new(
        "a user's name", "Write the name of a user of the operating system: letters, digits, '_', '-' and '.'.",
        (YamlScalar scalar, string _, out string value) =>
        {
            value = scalar.Text;
            return value.Length is > 0 and <= 32 && value[0] is not ('-' or '.') && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') ? null : new Mistake();
        },
        """{ "type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$" }""");

    public static ScalarShape<string> Folder() => new(
        "a folder with its whole path", "Write it from the root on, at least two folders deep, for example /srv/postgres/shop.",
        (YamlScalar scalar, string _, out string value) =>
        {
            value = scalar.Text.TrimEnd('/');
            return value.StartsWith('/') && value[1..].Split('/') is { Length: >= 2 } parts && parts.All(part => part is not ("" or "." or "..")) && !value.Any(char.IsControl) && !value.Contains('\'', StringComparison.Ordinal) ? null : new Mistake();
        },
        """{ "type": "string", "pattern": "^/[^/]+/.+$" }""");
}

using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Kernel.Config.Shape.Clusters;

/// <summary>The keys of a pooler.</summary>
internal static class PoolerShape
{
    private static readonly string[] Modes = ["transaction", "session", "statement"];

    private static readonly string[] TlsModes = ["allow", "prefer", "require", "verify-ca", "verify-full"];

    private static readonly Key<PoolerEngine> Engine = new(
        "engine", Values.Choice(["pgbouncer", "pgpool", "rds-proxy"], [PoolerEngine.PgBouncer, PoolerEngine.Pgpool, PoolerEngine.RdsProxy]),
        "The program. PgBouncer is made and kept on the primary's host; the files of Pgpool-II, and RDS Proxy in a Terraform module, are written by export.")
    {
        Default = "pgbouncer", Example = "pgbouncer",
    };

    private static readonly Key<int> Port = new("port", Values.Integer(1, 65535), "The port that clients connect to.") { Default = "6432", Example = "6432" };

    private static readonly Key<IReadOnlyList<string>> Listen = new("listen", new OneOrMoreShape<string>(ListenAddress(), "addresses"), "The addresses that it listens on; \"*\" for all. By default 127.0.0.1.") { Example = "\"*\"" };

    private static readonly Key<string> Mode = new("mode", Values.Choice(Modes, Modes), "How long a client keeps a connection to the server.") { Default = "transaction", Example = "session" };

    private static readonly Key<int> MaxClients = new("max_client_conn", Values.Integer(1, 1_000_000), "The most clients at once.") { Default = "1000", Example = "20000" };

    private static readonly Key<Placed<int>> PoolSize = Number("default_pool_size", "Connections to the server for each pair of database and role; by default four fifths of max_connections divided by the pairs that there are, 2 to 100.", "50");

    private static readonly Key<int> Reserve = new("reserve", Values.Integer(0, 10_000), "Further connections of a pool when a client has waited for reserve_after.") { Default = "5", Example = "30" };

    private static readonly Key<TimeSpan> ReserveAfter = new("reserve_after", Values.Duration("1h"), "How long a client waits before its pool may use them.") { Default = "3s", Example = "1s" };

    private static readonly Key<string> PoolMode = new("mode", Values.Choice(Modes, Modes), "How long a client keeps a connection to the server; by default as for all.") { Example = "session" };

    private static readonly Key<Placed<int>> OwnSize = Number("pool_size", "Connections to the server for each role; by default as for all.", "20");

    private static readonly Key<Placed<int>> OwnReserve = Number("reserve", "Further connections of a pool; by default as for all.", "2");

    private static readonly Key<Placed<int>> MaxConnections = Number("max_connections", "The most connections to the server over all pools; by default no limit.", "100");

    public static RecordShape<PoolConfig> DatabasePool { get; } = new(
        "the pools of a database", [PoolMode, OwnSize, OwnReserve, MaxConnections],
        fields => new PoolConfig(fields.GetOrNull(PoolMode), fields.GetOrNull(OwnSize)?.Value, fields.GetOrNull(OwnReserve)?.Value, fields.GetOrNull(MaxConnections)?.Value));

    public static RecordShape<PoolConfig> UserPool { get; } = new(
        "the pools of a role", [PoolMode, MaxConnections], fields => new PoolConfig(fields.GetOrNull(PoolMode), null, null, fields.GetOrNull(MaxConnections)?.Value));

    private static readonly Key<IReadOnlyDictionary<string, Placed<PoolConfig>>> Databases = new(
        "databases", new MapShape<Placed<PoolConfig>>(new PlacedValueShape<PoolConfig>(new MaybeEmptyShape<PoolConfig>(DatabasePool)), "databases", anyKey: true), "The databases that are pooled, with what is different for each; by default every declared one.")
    {
        Example = "{ shop: { pool_size: 50 } }",
    };

    private static readonly Key<IReadOnlyDictionary<string, Placed<PoolConfig>>> Users = new(
        "users", new MapShape<Placed<PoolConfig>>(new PlacedValueShape<PoolConfig>(UserPool), "roles", anyKey: true), "What is different for the connections of a role.")
    {
        Example = "{ reports: { mode: session, max_connections: 5 } }",
    };

    private static readonly Key<string> AuthUser = new("auth_user", ClusterValues.Identifier, "The role that looks up the verifiers of the others. It is made, may sign in, and may call one function.") { Default = "pgbouncer", Example = "pooler" };

    private static readonly Key<Placed<string>> Password = new(
        "password", new PlacedValueShape<string>(ClusterValues.Secret), "Its password, by reference; by default a random one, which stands in the pooler's own file only.")
    {
        Example = "\"${file:/run/secrets/pooler}\"",
    };

    private static readonly Key<IReadOnlyList<string>> Ignore = new(
        "ignore_startup_parameters", new OneOrMoreShape<string>(Values.Text, "parameters"), "Startup parameters of clients that are ignored and not refused. By default extra_float_digits, which drivers send.")
    {
        Example = "[extra_float_digits, options]",
    };

    private static readonly Key<TimeSpan> ServerLifetime = new("server_lifetime", Values.Duration("30d"), "How old a connection to the server may become.") { Default = "1h", Example = "10m" };

    private static readonly Key<TimeSpan> ServerIdle = new("server_idle_timeout", Values.Duration("30d"), "How long a connection to the server may be idle.") { Default = "10m", Example = "1m" };

    private static readonly Key<TimeSpan> QueryWait = new("query_wait_timeout", Values.Duration("1d"), "How long a client waits for a connection before it is refused.") { Default = "2m", Example = "20s" };

    private static readonly Key<Placed<int>> Prepared = Number("prepared_statements", "Prepared statements that are kept for each connection in transaction mode; from PgBouncer 1.21 on.", "256");

    private static readonly Key<Placed<string>> Certificate = new("certificate", new PlacedValueShape<string>(Values.Text), "The file of the certificate with those that signed it, from the folder of lockkeeper.yaml.") { Required = true, Example = "tls/pooler.crt" };

    private static readonly Key<Placed<string>> PrivateKey = new("key", new PlacedValueShape<string>(ClusterValues.Secret), "Its private key, by reference.") { Required = true, Example = "\"${file:/run/secrets/pooler.key}\"" };

    private static readonly Key<Placed<string>> Ca = new("ca", new PlacedValueShape<string>(Values.Text), "The file of the certificates that those of clients are checked against, from the folder of lockkeeper.yaml.") { Example = "tls/clients.crt" };

    private static readonly Key<string> TlsMode = new("mode", Values.Choice(TlsModes, TlsModes), "Whether clients must encrypt, and prove who they are.") { Default = "require", Example = "verify-full" };

    public static RecordShape<PoolerTlsConfig> Tls { get; } = new(
        "encrypted connections to a pooler", [Certificate, PrivateKey, Ca, TlsMode], fields => new PoolerTlsConfig(fields.Get(Certificate), fields.Get(PrivateKey), fields.GetOrNull(Ca), fields.Get(TlsMode)))
    {
        Check = tls => tls.Mode.StartsWith("verify", StringComparison.Ordinal) && tls.Ca is null ? new Mistake($"the mode {tls.Mode} has no 'ca' to check clients against", "Add it, for example: ca: tls/clients.crt") : null,
    };

    private static readonly Key<Placed<PoolerTlsConfig>> TlsKey = new("tls", new PlacedValueShape<PoolerTlsConfig>(Tls), "Encrypted connections of clients; by default none.") { Example = "{ certificate: tls/pooler.crt, key: \"${file:/run/secrets/pooler.key}\" }" };

    private static readonly Key<IReadOnlyDictionary<string, Placed<string>>> Parameters = new("parameters", ClusterValues.Settings, "Any other settings of the program, as it takes them.") { Example = "{ tcp_keepidle: 60 }" };

    private static readonly Key<string> ServerHost = new("server_host", Values.Text, "The server's address as the pooler reaches it; by default that of admin's URL.") { Example = "127.0.0.1" };

    private static readonly Key<Placed<int>> ServerPort = Number("server_port", "The server's port as the pooler reaches it; by default that of admin's URL.", "5432");

    private static readonly Key<string> Folder = new("folder", Values.Text, "The folder of its files on the host; by default /etc/lockkeeper/CLUSTER/pgbouncer, which takes root's rights. Another one must belong to its user.") { Example = "/srv/pgbouncer/shop" };

    private static readonly Key<string> User = new("user", Values.Name, "The operating system's user that it runs as.") { Default = "postgres", Example = "pgbouncer" };

    private static readonly Key<InstanceService> Service = new(
        "service", Values.Choice(["auto", "systemd", "none"], [InstanceService.Auto, InstanceService.Systemd, InstanceService.None]), "What keeps it running: a unit of systemd, or nothing, so that apply starts it. auto: systemd where that runs.")
    {
        Default = "auto", Example = "systemd",
    };

    public static RecordShape<PoolerConfig> Shape { get; } = new(
        "a pooler",
        [Engine, Port, Listen, Mode, MaxClients, PoolSize, Reserve, ReserveAfter, Databases, Users, AuthUser, Password, Ignore, ServerLifetime, ServerIdle, QueryWait, Prepared, TlsKey, Parameters, ServerHost, ServerPort, Folder, User, Service],
        fields => new PoolerConfig
        {
            Engine = fields.Get(Engine),
            Port = fields.Get(Port),
            Listen = fields.GetOrNull(Listen) ?? ["127.0.0.1"],
            Mode = fields.Get(Mode),
            MaxClients = fields.Get(MaxClients),
            PoolSize = fields.GetOrNull(PoolSize)?.Value,
            ReserveSize = fields.Get(Reserve),
            ReserveAfter = fields.Get(ReserveAfter),
            Databases = fields.GetOrNull(Databases) ?? new Dictionary<string, Placed<PoolConfig>>(),
            Users = fields.GetOrNull(Users) ?? new Dictionary<string, Placed<PoolConfig>>(),
            AuthUser = fields.Get(AuthUser),
            Password = fields.GetOrNull(Password),
            IgnoreStartupParameters = fields.GetOrNull(Ignore) ?? ["extra_float_digits"],
            ServerLifetime = fields.Get(ServerLifetime),
            ServerIdle = fields.Get(ServerIdle),
            QueryWait = fields.Get(QueryWait),
            PreparedStatements = fields.GetOrNull(Prepared)?.Value,
            Tls = fields.GetOrNull(TlsKey),
            Parameters = fields.GetOrNull(Parameters) ?? new Dictionary<string, Placed<string>>(),
            ServerHost = fields.GetOrNull(ServerHost),
            ServerPort = fields.GetOrNull(ServerPort)?.Value,
            Folder = fields.GetOrNull(Folder),
            User = fields.Get(User),
            Service = fields.Get(Service),
        })
    {
        Check = pooler => pooler.Folder is { } folder && !folder.StartsWith('/') ? new Mistake("'folder' must be a path from the root of the host's disk", "Write it as /srv/pgbouncer/shop.") : null,
    };

    private static Key<Placed<int>> Number(string name, string help, string example) => new(name, new PlacedValueShape<int>(Values.Integer(1, 100_000)), help) { Example = example };

    private static ScalarShape<string> ListenAddress() => new(
        "an address", "Write \"*\", a host name or an address.",
        (Yaml.YamlScalar scalar, string _, out string value) =>
        {
            value = scalar.Text;
            return value == "*" || (value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or ':' or '-')) ? null : new Mistake();
        },
        """{ "type": "string", "pattern": "^(\\*|[A-Za-z0-9.:-]+)$" }""");
}

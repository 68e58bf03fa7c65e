using System.Globalization;
using System.Text;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Provision.PostgreSql.Pooling;

/// <summary>The files of PgBouncer, as a declaration says them.</summary>
/// <param name="cluster">The declaration.</param>
/// <param name="place">Where they are.</param>
internal sealed class PgBouncerFiles(ClusterConfig cluster, PgBouncerPlace place)
{
    /// <summary>How a configuration of ours begins.</summary>
    public const string Mark = ";; Written by 'lk provision apply'";

    private const string Stats = "stats_users";

    private readonly PoolerConfig pooler = cluster.Pooler!.Value;

    /// <summary>Who may ask the console for its numbers: the role that looks up, by whose password the pooler is observed, and whom the declaration names.</summary>
    private string StatsUsers => pooler.Parameters.TryGetValue(Stats, out var more) ? $"{pooler.AuthUser},{Line(Stats, more, [])}" : pooler.AuthUser;

    /// <summary>The settings of the section [pgbouncer], in the form in which SHOW CONFIG shows them.</summary>
    /// <param name="version">The program's version.</param>
    public IReadOnlyList<(string Name, string Value)> Settings(Version version)
    {
        List<(string Name, string Value)> settings =
        [
            ("listen_addr", string.Join(',', pooler.Listen)),
            ("listen_port", Number(pooler.Port)),
            ("unix_socket_dir", place.Folder),
            ("pidfile", place.PidFile),
            ("auth_type", "scram-sha-256"),
            ("auth_file", place.UserList),
            ("auth_user", pooler.AuthUser),
            ("auth_query", LookupFunction.Query),
            ("stats_users", StatsUsers),
            ("pool_mode", pooler.Mode),
            ("max_client_conn", Number(pooler.MaxClients)),
            ("default_pool_size", Number(PoolSizes.Of(cluster))),
            ("reserve_pool_size", Number(pooler.ReserveSize)),
            ("reserve_pool_timeout", Seconds(pooler.ReserveAfter)),
            ("ignore_startup_parameters", string.Join(',', pooler.IgnoreStartupParameters)),
            ("server_lifetime", Seconds(pooler.ServerLifetime)),
            ("server_idle_timeout", Seconds(pooler.ServerIdle)),
            ("query_wait_timeout", Seconds(pooler.QueryWait)),
            ("client_tls_sslmode", pooler.Tls?.Value.Mode ?? "disable"),
        ];
        if (pooler.Tls is { } tls)
        {
            settings.Add(("client_tls_cert_file", place.Certificate));
            settings.Add(("client_tls_key_file", place.Key));
            if (tls.Value.Ca is not null)
                settings.Add(("client_tls_ca_file", place.Ca));
        }

        if (pooler.PreparedStatements is { } prepared && version >= new Version(1, 21))
            settings.Add(("max_prepared_statements", Number(prepared)));
        foreach (var (name, value) in pooler.Parameters.Where(one => one.Key != Stats))
            settings.Add((name, Line(name, value, settings)));
        return settings;
    }

    /// <summary>pgbouncer.ini.</summary>
    /// <param name="version">The program's version.</param>
    /// <param name="log">Where it writes its log; null for standard error.</param>
    public string Ini(Version version, string? log)
    {
        var text = new StringBuilder($"{Mark} from {cluster.File}. What is changed here by hand is found and taken back.\n[databases]\n");
        foreach (var (name, pool) in PoolSizes.Databases(cluster))
            text.Append(CultureInfo.InvariantCulture, $"{name} = host={Value(place.ServerHost)} port={place.ServerPort} dbname={Value(name)}{Pool(pool)}\n");
        if (pooler.Users.Count > 0)
            text.Append("\n[users]\n");
        foreach (var (name, pool) in pooler.Users)
            text.Append(CultureInfo.InvariantCulture, $"{name} ={Mode(pool.Value.Mode)}{Limit("max_user_connections", pool.Value.MaxConnections)}\n");
        text.Append("\n[pgbouncer]\n");
        if (log is not null)
            text.Append($"logfile = {log}\n");
        foreach (var (name, value) in Settings(version))
            text.Append($"{name} = {value}\n");
        return text.ToString();
    }

    /// <summary>userlist.txt. The role that looks the others up signs in by itself, for which PgBouncer needs its password; the others are there by their verifiers, and pass their own proof on.</summary>
    /// <param name="password">The password of the role that looks up.</param>
    /// <param name="verifiers">The verifiers of roles with pools of their own: PgBouncer before 1.22 looks up nobody who stands under [users].</param>
    public string UserList(string password, IReadOnlyDictionary<string, string> verifiers)
    {
        var text = new StringBuilder($"{Quoted(pooler.AuthUser)} {Quoted(password)}\n");
        foreach (var (role, verifier) in verifiers.OrderBy(one => one.Key, StringComparer.Ordinal))
            text.Append($"{Quoted(role)} {Quoted(verifier)}\n");
        return text.ToString();
    }

    /// <summary>The password of a role in a userlist.txt; null when it is not there.</summary>
    public static string? PasswordIn(string userList, string role)
    {
        var start = Quoted(role) + " \"";
        var line = userList.Split('\n').FirstOrDefault(one => one.StartsWith(start, StringComparison.Ordinal));
        return line is { } found && found.Length > start.Length && found[^1] == '"' ? found[start.Length..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : null;
    }

    /// <summary>The unit that keeps it running.</summary>
    /// <param name="program">The program's path.</param>
    public string Unit(string program) =>
        $"""
        # Written by 'lk provision apply' from {cluster.File}.
        [Unit]
        Description=PgBouncer of {cluster.Name}
        After=network-online.target
        Wants=network-online.target

        [Service]
        User={place.User}
        ExecStart={program} {place.Ini}
        ExecReload=/bin/kill -HUP $MAINPID
        KillSignal=SIGINT
        Restart=on-failure
        LimitNOFILE={Number(Math.Max(8192, pooler.MaxClients * 2))}

        [Install]
        WantedBy=multi-user.target

        """;

    private string Line(string name, Placed<string> value, List<(string Name, string Value)> ours)
    {
        if (ours.Exists(one => one.Name == name))
            throw new LockkeeperException(KernelErrors.ConfigBadValue, $"the pooler's '{name}' does not belong under 'parameters': the declaration says it in a key of its own, or decides it", "Take it out, and look for its key in docs/reference/clusters.md.", value.At);
        return value.Value.Any(char.IsControl) || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_')
            ? throw new LockkeeperException(KernelErrors.ConfigBadValue, $"the pooler's parameter '{name}' cannot stand in its file", "Names have letters, digits and '_'; a value has one line.", value.At)
            : value.Value;
    }

    private static string Pool(PoolConfig? pool) => pool is null ? "" : Limit("pool_size", pool.PoolSize) + Limit("reserve_pool", pool.ReserveSize) + Limit("max_db_connections", pool.MaxConnections) + Mode(pool.Mode);

    private static string Mode(string? mode) => mode is null ? "" : $" pool_mode={mode}";

    private static string Limit(string name, int? number) => number is { } some ? string.Create(CultureInfo.InvariantCulture, $" {name}={some}") : "";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>A value of a connection string: in single quotes.</summary>
    private static string Value(string value) => value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or ':' or '/') ? value : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

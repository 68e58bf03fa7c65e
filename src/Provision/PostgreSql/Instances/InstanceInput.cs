using System.Net;
using System.Net.Sockets;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.PostgreSql.Instances.Access;
using Npgsql;

namespace Lockkeeper.Provision.PostgreSql.Instances;

/// <summary>What a declaration says about its instance, with files read and secrets resolved.</summary>
/// <param name="Url">The administrator's URL.</param>
/// <param name="Admin">The same in parts.</param>
/// <param name="Certificate">The declared certificate; null for one of ours, or none.</param>
/// <param name="Ca">The certificates that those of clients are checked against; null for none.</param>
internal sealed record InstanceInput(string Url, NpgsqlConnectionStringBuilder Admin, CertificatePair? Certificate, string? Ca)
{
    /// <summary>Parameters that say where an instance is.</summary>
    private static readonly string[] Elsewhere = ["port", "unix_socket_directories", "cluster_name", "external_pid_file", "ssl", "ssl_cert_file", "ssl_key_file", "ssl_ca_file"];

    public string AdminHost => Admin.Host ?? "localhost";

    /// <summary>Whether the administrator comes over loopback, through a tunnel too, or by a socket.</summary>
    public bool IsLoopback => AdminHost == "localhost" || AdminHost.StartsWith('/') || (IPAddress.TryParse(AdminHost, out var address) && IPAddress.IsLoopback(address));

    /// <summary>The names and addresses that the server is reached at.</summary>
    public IReadOnlyList<string> Hosts(NodeConfig node) => [.. new[] { AdminHost, node.IsLocal ? "localhost" : node.Host }.Where(host => !host.StartsWith('/')).Distinct(StringComparer.Ordinal)];

    /// <summary>Reads it.</summary>
    /// <exception cref="LockkeeperException">A file or a secret cannot be read or used.</exception>
    public static async Task<InstanceInput> ReadAsync(ClusterConfig cluster, string url, Func<Placed<string>, Task<string>> resolve, Workspace workspace)
    {
        if (cluster.Nodes.FirstOrDefault(node => node.Value.Role == NodeRole.Replica) is { } replica)
            throw new LockkeeperException(ProvisionErrors.NotBuilt, $"the node '{replica.Value.Name}' is a replica, and replicas are not made yet", "Take it out: one node is made and kept.", replica.At);
        foreach (var (name, value) in cluster.Parameters.Where(one => Elsewhere.Contains(one.Key, StringComparer.OrdinalIgnoreCase)))
            throw new LockkeeperException(ProvisionErrors.BadParameter, $"{name} of an instance is not a parameter of the file: it follows from 'instance' and 'tls'", "Write it there.", value.At);
        var admin = PostgreSqlUrl.Parse(url);
        if (admin.Username is not { Length: > 0 })
            throw new LockkeeperException(ProvisionErrors.BadPassword, "admin's URL names no role, and an instance gets its superuser from there", "Write postgres://USER:PASSWORD@HOST:PORT/postgres.", cluster.Admin.At);
        if (admin.Password is not { Length: > 0 } password || password.AsSpan().IndexOfAny('\n', '\r') >= 0)
            throw new LockkeeperException(ProvisionErrors.BadPassword, "admin's URL has no password of one line, and an instance gets its superuser's from there", "Put it into the URL by a reference such as ${env:NAME}.", cluster.Admin.At);
        if (admin.Database is { } database && database != "postgres")
            throw new LockkeeperException(ProvisionErrors.NotBuilt, $"admin's URL names the database '{database}', and a new instance has 'postgres'", "Write postgres at the end of the URL.", cluster.Admin.At);
        var (pair, ca) = ((CertificatePair?)null, (string?)null);
        if (cluster.Tls?.Value is { } tls)
        {
            if (tls is { Certificate: { } file, Key: { } key })
            {
                var text = await resolve(key);
                pair = new CertificatePair(await FileAsync(file, workspace), text.EndsWith('\n') ? text : text + "\n");
                if (ServerCertificate.Fault(pair) is { } fault)
                    throw new LockkeeperException(ProvisionErrors.BadCertificate, fault, "Both are PEM; the key is not encrypted.", file.At);
            }

            ca = tls.Ca is { } clients ? await FileAsync(clients, workspace) : null;
            if (ca is not null && ServerCertificate.EndOf(ca) is null)
                throw new LockkeeperException(ProvisionErrors.BadCertificate, $"{tls.Ca!.Value} holds no certificate", "It is PEM.", tls.Ca.At);
        }

        return new InstanceInput(url, admin, pair, ca);
    }

    /// <summary>How the administrator connects.</summary>
    /// <param name="isLocal">Whether the instance is on this host.</param>
    /// <param name="facts">What is known of the host.</param>
    /// <param name="seen">The address that the server sees; null when it was not asked.</param>
    /// <param name="hasTls">Whether it takes encrypted connections.</param>
    public AdminAccess Access(bool isLocal, HostFacts facts, IPAddress? seen, bool hasTls) => new(
        Admin.Username!, Admin.Database ?? "postgres", Admin.SslMode switch { SslMode.Disable => false, SslMode.Require or SslMode.VerifyCA or SslMode.VerifyFull => true, _ => hasTls },
        seen ?? (IsLoopback ? IPAddress.Loopback : isLocal ? Resolved() : IPAddress.TryParse(facts.Client, out var client) ? client : null));

    /// <summary>A connection to an address of one's own host comes from that address.</summary>
    private IPAddress? Resolved()
    {
        try
        {
            return Dns.GetHostAddresses(AdminHost).FirstOrDefault();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static async Task<string> FileAsync(Placed<string> file, Workspace workspace)
    {
        try
        {
            return await File.ReadAllTextAsync(Path.Combine(workspace.ProjectFolder, file.Value));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LockkeeperException(ProvisionErrors.BadCertificate, $"{file.Value} cannot be read: {e.Message}", "The path starts at the folder of lockkeeper.yaml.", file.At, e);
        }
    }
}

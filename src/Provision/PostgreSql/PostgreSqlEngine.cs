using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.PostgreSql.Instances;
using Lockkeeper.Provision.PostgreSql.Pooling;

namespace Lockkeeper.Provision.PostgreSql;

/// <summary>Makes targets of PostgreSQL clusters.</summary>
internal sealed class PostgreSqlEngine : IClusterEngine
{
    private const int ShortestPassword = 8;

    public string Engine => "postgres";

    public async Task<IClusterTarget> OpenAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var url = await workspace.Secrets.ResolveAsync(cluster.Admin, cancel);
        var passwords = await PasswordsAsync(cluster, workspace, cancel);
        var input = cluster.Instance is null ? null : await InstanceInput.ReadAsync(cluster, url, reference => workspace.Secrets.ResolveAsync(reference, cancel), workspace);
        return cluster.Pooler is { Value.Engine: PoolerEngine.PgBouncer }
            ? await PooledClusters.OpenAsync(cluster, url, (declared, more) => Make(declared, passwords.Concat(more).ToDictionary(StringComparer.Ordinal)), workspace, cancel)
            : Make(cluster, passwords);

        IClusterTarget Make(ClusterConfig declared, IReadOnlyDictionary<string, string> known) =>
            input is null ? At(declared, url, known, workspace) : new InstanceTarget(declared, input, known, NodeHosts.Of(declared.Primary, workspace), workspace);
    }

    /// <summary>The cluster behind a URL; nothing is sent yet.</summary>
    public static PostgreSqlCluster At(ClusterConfig cluster, string url, IReadOnlyDictionary<string, string> passwords, Workspace workspace) =>
        new(cluster, PostgreSqlServer.At(url, workspace.Redactor), database => PostgreSqlServer.At(PostgreSqlUrl.WithDatabase(url, database), workspace.Redactor), passwords, workspace.Clock);

    /// <summary>The passwords of declared roles, secrets resolved.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> PasswordsAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var passwords = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, role) in cluster.Roles)
        {
            if (role.Value.Password is { } reference)
                passwords[name] = Checked(name, await workspace.Secrets.ResolveAsync(reference, cancel), reference);
        }

        return passwords;
    }

    /// <summary>The same URL with a host where it has none: <c>postgres://role:password@/database</c>.</summary>
    public static string WithHost(string url, string host, int port)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = start < 3 ? -1 : url.IndexOfAny(['/', '?'], start);
        var login = url[start..(end < 0 ? url.Length : end)];
        return start < 3 || !(login.Length == 0 || login.EndsWith('@')) ? url : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{url[..start]}{login}{host}:{port}{(end < 0 ? "" : url[end..])}");
    }

    /// <summary>A password that can be one.</summary>
    public static string Checked(string role, string password, Placed<string> reference)
    {
        if (password.Length < ShortestPassword)
            throw new LockkeeperException(ProvisionErrors.BadPassword, $"the password of the role '{role}' has fewer than {ShortestPassword} characters", "Put a longer one there: openssl rand -base64 24", reference.At);
        // A verifier would be taken for a password here, and nobody could sign in with it.
        if (password.StartsWith("SCRAM-SHA-256$", StringComparison.Ordinal) || (password.StartsWith("md5", StringComparison.Ordinal) && password.Length == 35))
            throw new LockkeeperException(ProvisionErrors.BadPassword, $"the password of the role '{role}' is a verifier, and not the password itself", "Put the password there.", reference.At);
        return password;
    }
}

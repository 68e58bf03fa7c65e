using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;

namespace Lockkeeper.Provision.PostgreSql;

/// <summary>Makes targets of PostgreSQL clusters.</summary>
internal sealed class PostgreSqlEngine : IClusterEngine
{
    private const int ShortestPassword = 8;

    public string Engine => "postgres";

    public async Task<IClusterTarget> OpenAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var url = await ResolveAsync(cluster.Admin, workspace, cancel);
        var passwords = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, role) in cluster.Roles)
        {
            if (role.Value.Password is { } reference)
                passwords[name] = Checked(name, await ResolveAsync(reference, workspace, cancel), reference);
        }

        return new PostgreSqlCluster(cluster, PostgreSqlServer.At(url, workspace.Redactor), database => PostgreSqlServer.At(PostgreSqlUrl.WithDatabase(url, database), workspace.Redactor), passwords, workspace.Clock);
    }

    private static async Task<string> ResolveAsync(Placed<string> reference, Workspace workspace, CancellationToken cancel)
    {
        try
        {
            return await workspace.Secrets.ResolveAsync(reference.Value, cancel);
        }
        catch (LockkeeperException e) when (e.At is null)
        {
            throw new LockkeeperException(e.Code, e.Message, e.Hint, reference.At, e) { Facts = e.Facts };
        }
    }

    private static string Checked(string role, string password, Placed<string> reference)
    {
        if (password.Length < ShortestPassword)
            throw new LockkeeperException(ProvisionErrors.BadPassword, $"the password of the role '{role}' has fewer than {ShortestPassword} characters", "Put a longer one there: openssl rand -base64 24", reference.At);
        // A verifier would be taken for a password here, and nobody could sign in with it.
        if (password.StartsWith("SCRAM-SHA-256$", StringComparison.Ordinal) || (password.StartsWith("md5", StringComparison.Ordinal) && password.Length == 35))
            throw new LockkeeperException(ProvisionErrors.BadPassword, $"the password of the role '{role}' is a verifier, and not the password itself", "Put the password there.", reference.At);
        return password;
    }
}

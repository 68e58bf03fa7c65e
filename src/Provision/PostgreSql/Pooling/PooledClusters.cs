using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;

namespace Lockkeeper.Provision.PostgreSql.Pooling;

/// <summary>Makes clusters with a PgBouncer in front of them.</summary>
internal static class PooledClusters
{
    /// <summary>Describes one; its secrets are resolved and its files read, and nothing is sent yet.</summary>
    /// <param name="cluster">The declaration.</param>
    /// <param name="url">The administrator's URL.</param>
    /// <param name="make">Makes the cluster behind it, of a declaration and the passwords of further roles.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="cancel">Stops the command of a secret.</param>
    public static async Task<IClusterTarget> OpenAsync(ClusterConfig cluster, string url, Func<ClusterConfig, IReadOnlyDictionary<string, string>, IClusterTarget> make, Workspace workspace, CancellationToken cancel)
    {
        var input = await InputAsync(cluster.Pooler!.Value, workspace, cancel);
        var admin = PostgreSqlUrl.Parse(url);
        return new PooledCluster(
            cluster, make, input, NodeHosts.Of(cluster.Primary, workspace), PgBouncerPlace.Of(cluster, admin.Host ?? "127.0.0.1", admin.Port),
            database => PostgreSqlServer.At(database.Length == 0 ? url : PostgreSqlUrl.WithDatabase(url, database), workspace.Redactor), workspace.Redactor);
    }

    private static async Task<PoolerInput> InputAsync(PoolerConfig pooler, Workspace workspace, CancellationToken cancel)
    {
        var password = pooler.Password is { } reference ? PostgreSqlEngine.Checked(pooler.AuthUser, await workspace.Secrets.ResolveAsync(reference, cancel), reference) : null;
        if (pooler.Tls is not { Value: var tls })
            return new PoolerInput(password, null, null, null);
        var (certificate, key) = (Read(tls.Certificate, workspace), await workspace.Secrets.ResolveAsync(tls.Key, cancel));
        try
        {
            using var pair = X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new LockkeeperException(ProvisionErrors.BadCertificate, $"the pooler's certificate {tls.Certificate.Value} and its key cannot be used: {e.Message.TrimEnd('.')}", "Both must be PEM, the key that of the certificate and without a password.", tls.Certificate.At, e);
        }

        return new PoolerInput(password, certificate, key.EndsWith('\n') ? key : key + "\n", tls.Ca is { } ca ? Read(ca, workspace) : null);
    }

    private static string Read(Placed<string> file, Workspace workspace)
    {
        try
        {
            return File.ReadAllText(Path.Combine(workspace.ProjectFolder, file.Value));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LockkeeperException(ProvisionErrors.BadCertificate, $"the file {file.Value} cannot be read", "The path starts at the folder of lockkeeper.yaml.", file.At, e);
        }
    }
}

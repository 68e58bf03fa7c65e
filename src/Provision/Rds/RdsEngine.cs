using Lockkeeper.Engines.Rds;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Provision.Clusters;
using Lockkeeper.Provision.PostgreSql;

namespace Lockkeeper.Provision.Rds;

/// <summary>Makes targets of what RDS and Aurora run.</summary>
/// <param name="engine">The engine's name in declarations.</param>
internal sealed class RdsEngine(string engine) : IClusterEngine
{
    private const int ShortestPassword = 8;

    private const string Scheme = "rds://";

    public string Engine => engine;

    /// <summary>One for each engine that the service has.</summary>
    public static IReadOnlyList<IClusterEngine> All { get; } = [.. ClusterEngines.Managed.Select(name => new RdsEngine(name))];

    public async Task<IClusterTarget> OpenAsync(ClusterConfig cluster, Workspace workspace, CancellationToken cancel)
    {
        var managed = cluster.Managed!.Value;
        // Every secret is read now: one that is missing must be known before anything is made.
        var password = managed.Password is { } reference ? Checked(await workspace.Secrets.ResolveAsync(reference, cancel), reference) : null;
        var admin = cluster.Admin.Value.Length > 0 ? await workspace.Secrets.ResolveAsync(cluster.Admin, cancel) : null;
        var passwords = await PostgreSqlEngine.PasswordsAsync(cluster, workspace, cancel);
        var declared = new RdsDeclaration(cluster, workspace.Config.Project, password);
        var client = RdsService.ClientOf(managed, workspace);
        return new RdsCluster(declared, client, Inside, workspace.Clock);

        PostgreSqlCluster? Inside(string host, int port, string? master)
        {
            // The service's certificates are of its own authority, which this machine need not know: the session is encrypted, and 'admin' can ask for more.
            var url = admin ?? (password is null || master is null ? null : $"postgres://{Uri.EscapeDataString(master)}:{Uri.EscapeDataString(password)}@/{Uri.EscapeDataString(managed.Database ?? "postgres")}?sslmode=require");
            return url is null ? null : PostgreSqlEngine.At(declared.Inside, PostgreSqlEngine.WithHost(url, host, port), passwords, workspace);
        }
    }

    /// <summary>What <c>rds://REGION/IDENTIFIER</c> names; which engine it is the service knows.</summary>
    public ClusterConfig? Take(ClusterConfig given, AdoptedPlace place)
    {
        if (!place.Url.StartsWith(Scheme, StringComparison.Ordinal))
            return null;
        var at = given.Admin.At;
        if (place.Url[Scheme.Length..].Split('/') is not [{ Length: > 0 } region, { Length: > 0 } identifier])
            throw new LockkeeperException(KernelErrors.WrongUse, $"'{place.Url}' does not say what to adopt", "Write the region and the name in the service: rds://eu-west-1/shop-prod");
        return given with
        {
            Engine = engine,
            Admin = place.Admin is { } admin ? new Placed<string>(admin, at) : ClusterConfig.NoAdmin,
            Managed = new Placed<ManagedConfig>(new ManagedConfig { Region = region, Identifier = identifier, Endpoint = place.Endpoint, Adopted = true }, at),
        };
    }

    private static string Checked(string password, Placed<string> reference)
    {
        var wrong = password.Length < ShortestPassword ? $"has fewer than {ShortestPassword} characters" : password.AsSpan().IndexOfAny("/\"@ ") >= 0 ? "has one of / \" @ and the space, which the service does not take" : null;
        return wrong is null ? password : throw new LockkeeperException(ProvisionErrors.BadPassword, $"the password of the master user {wrong}", "Put another one there: openssl rand -hex 24", reference.At);
    }
}

using System.Globalization;
using Lockkeeper.Engines.Rds;
using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Provision.Rds;

/// <summary>A declaration in the words of the service.</summary>
/// <param name="cluster">The declaration.</param>
/// <param name="project">The project that it belongs to.</param>
/// <param name="password">The master user's password, secret resolved; null when none is declared.</param>
internal sealed class RdsDeclaration(ClusterConfig cluster, string project, string? password)
{
    public ClusterConfig Cluster => cluster;

    public ManagedConfig Managed => cluster.Managed!.Value;

    /// <summary>The name in the service.</summary>
    public string Id => Managed.Identifier ?? cluster.Name;

    public bool IsAurora => cluster.Engine.StartsWith("aurora-", StringComparison.Ordinal);

    public bool IsPostgreSql => cluster.Engine.EndsWith("-postgres", StringComparison.Ordinal);

    public string? Password => password;

    /// <summary>The engine as the service calls it.</summary>
    public string Engine => RdsService.EngineName(cluster.Engine);

    /// <summary>The engine of a declaration by the service's name of it; null for one that cannot be declared.</summary>
    public static string? EngineOf(string service) => service switch
    {
        "postgres" => "rds-postgres",
        "aurora-postgresql" => "aurora-postgres",
        "mysql" => "rds-mysql",
        "aurora-mysql" => "aurora-mysql",
        _ => null,
    };

    /// <summary>The version, in full or its first parts.</summary>
    public string Version => Managed.Version?.Value ?? cluster.Version!.Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the tag of ours says.</summary>
    public string Owner => $"{project}/{cluster.Name}";

    /// <summary>All tags.</summary>
    public IEnumerable<KeyValuePair<string, string>> Tags => Managed.Tags.Append(new(RdsService.OwnerTag, Owner));

    /// <summary>The family of parameter groups of the version.</summary>
    public string Family => Engine + (IsPostgreSql ? Version.Split('.')[0] : string.Join('.', Version.Split('.').Take(2)));

    /// <summary>The parameter group of ours. Its family stands in its name, so that a new major version gets a new one.</summary>
    public string OurGroup => $"lockkeeper-{Id}-{Family.Replace('.', '-')}";

    /// <summary>The parameter group that the instance is to have; null when nothing is said about it.</summary>
    public string? Group => Managed.ParameterGroup ?? (cluster.Parameters.Count > 0 ? OurGroup : null);

    /// <summary>Whether anything is declared that is inside, behind the database's own protocol.</summary>
    public bool HasInside => IsPostgreSql && (cluster.Roles.Count > 0 || cluster.Databases.Count > 0 || cluster.Exact.Count > 0);

    /// <summary>The same of another engine and version: of one that is adopted they are known only when it was read.</summary>
    public RdsDeclaration As(string engine, string version) => new(cluster with { Engine = engine, Managed = cluster.Managed! with { Value = Managed with { Version = new Placed<string>(version, cluster.Managed.At) } } }, project, password);

    /// <summary>What of the declaration is inside: the service keeps the rest.</summary>
    public ClusterConfig Inside => cluster with { Engine = ClusterEngines.Postgres, Parameters = new Dictionary<string, Placed<string>>(), Profile = null, Version = null };
}

using Lockkeeper.Engines.Rds.Credentials;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Engines.Rds;

/// <summary>What every duty has to know of the service in the same way: how it is reached for a declaration, what it calls engines, how we know what is ours.</summary>
public static class RdsService
{
    /// <summary>The tag by which an instance or a snapshot is known as ours; its value is <c>PROJECT/CLUSTER</c>.</summary>
    public const string OwnerTag = "lockkeeper:cluster";

    /// <summary>The service of a declaration; nothing is called yet.</summary>
    /// <param name="managed">The declaration.</param>
    /// <param name="workspace">Gives the credentials.</param>
    public static RdsClient ClientOf(ManagedConfig managed, Workspace workspace) => new(
        new RdsPlace(managed.Region!, managed.Endpoint is { } endpoint ? new Uri(endpoint) : null),
        new CredentialChain(workspace.Environment, workspace.Processes, workspace.Redactor, managed.Profile, workspace.Clock),
        workspace.Clock);

    /// <summary>A declared engine as the service calls it.</summary>
    /// <param name="engine">For example <c>aurora-postgres</c>.</param>
    public static string EngineName(string engine) => engine switch
    {
        "rds-postgres" => "postgres",
        "aurora-postgres" => "aurora-postgresql",
        "rds-mysql" => "mysql",
        _ => "aurora-mysql",
    };
}

using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Proof;
using Lockkeeper.Migrate.Running.Tenants;
using Lockkeeper.Migrate.Squash;

namespace Lockkeeper.Migrate.Running;

/// <summary>Makes targets of one engine.</summary>
internal interface ITargetFactory
{
    /// <summary>The engine's name in the configuration.</summary>
    string Engine { get; }

    /// <summary>Describes a server that tenants live on; nothing is sent yet.</summary>
    ITenantServer OpenTenants(DatabaseConfig database, string url, Redactor redactor, TimeProvider clock);

    /// <summary>Describes a target; nothing is sent yet.</summary>
    IMigrationTarget Create(DatabaseConfig database, string url, Redactor redactor, TimeProvider clock);

    /// <summary>Starts a server on this machine that ends with this process.</summary>
    /// <param name="database">The database whose migrations are tried on it.</param>
    /// <param name="workspace">The surroundings.</param>
    /// <param name="major">The major version; null for the newest one here.</param>
    /// <param name="cancel">Gives up.</param>
    Task<IShadowServer> StartShadowAsync(DatabaseConfig database, Workspace workspace, int? major, CancellationToken cancel);

    /// <summary>Starts the server that migrations are tried on.</summary>
    Task<IProofGround> OpenProofAsync(DatabaseConfig database, Workspace workspace, ProofOrigin origin, CancellationToken cancel);
}

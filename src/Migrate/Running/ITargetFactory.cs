using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Migrate.Running.Tenants;

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
}

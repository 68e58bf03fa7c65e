using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.PostgreSql.Proof;
using Lockkeeper.Migrate.PostgreSql.Squash;
using Lockkeeper.Migrate.Proof;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Running.Tenants;
using Lockkeeper.Migrate.Squash;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Makes PostgreSQL targets.</summary>
internal sealed class PostgreSqlTargetFactory : ITargetFactory
{
    public string Engine => "postgres";

    public ITenantServer OpenTenants(DatabaseConfig database, string url, Redactor redactor, TimeProvider clock) => new TenantServer(database, url, redactor, clock);

    public IMigrationTarget Create(DatabaseConfig database, string url, Redactor redactor, TimeProvider clock) => new PostgreSqlTarget(database, url, redactor, clock);

    public Task<IShadowServer> StartShadowAsync(DatabaseConfig database, Workspace workspace, int? major, CancellationToken cancel) =>
        ShadowServer.StartAsync(database, workspace, major, cancel);

    public Task<IProofGround> OpenProofAsync(DatabaseConfig database, Workspace workspace, ProofOrigin origin, CancellationToken cancel) =>
        ProofGround.OpenAsync(database, workspace, origin, cancel);
}

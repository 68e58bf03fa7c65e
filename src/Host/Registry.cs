using Lockkeeper.Backup;
using Lockkeeper.Engines.PostgreSql;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Engines.Rds;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Doctor;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Gates;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate;
using Lockkeeper.Observe;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Targets;
using Lockkeeper.Provision;

namespace Lockkeeper.Host;

/// <summary>What this program consists of: every verb, error code and doctor check, as plain lists.</summary>
public static class Registry
{
    /// <summary>Every check of <c>lk doctor</c>. It stands before the verbs, one of which takes it.</summary>
    public static IReadOnlyList<DoctorCheck> DoctorChecks { get; } =
    [
        .. KernelChecks.All,
        .. SandboxChecks.All,
        LibPgQueryCheck.Check,
        TargetsCheck.Check,
    ];

    /// <summary>Every verb, in the order of the help.</summary>
    public static IReadOnlyList<Verb> Verbs { get; } =
    [
        .. ConfigVerbs.All,
        .. MigrateVerbs.Declare(new RestorePoints(), new DeployWatches()),
        .. ProvisionVerbs.Declare([new BackupParts()]),
        .. BackupVerbs.Declare(new DeclarationCheck()),
        .. ObserveVerbs.Declare(new TargetSources(new PoolerAccess(), new BackupWatch())),
        .. GateVerbs.All,
        .. LedgerVerbs.All,
        .. SandboxVerbs.All,
        DoctorVerb.Create(DoctorChecks),
    ];

    /// <summary>Every error code, by number.</summary>
    public static IReadOnlyList<ErrorCode> Errors { get; } =
    [
        .. KernelErrors.All,
        .. PostgreSqlErrors.All,
        .. SqlErrors.All,
        .. SchemaErrors.All,
        .. SandboxErrors.All,
        .. MigrateErrors.All,
        .. ProvisionErrors.All,
        .. RdsErrors.All,
        .. ManagedErrors.All,
        .. BackupErrors.All,
        .. ObserveErrors.All,
        .. AlertErrors.All,
    ];
}

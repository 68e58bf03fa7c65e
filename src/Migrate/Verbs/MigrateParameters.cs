using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running.Tenants;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>The parameters that several migrate verbs have.</summary>
internal static class MigrateParameters
{
    public static Parameter LockTimeout { get; } = new("lock-timeout", ParameterKind.Duration, "How long to wait for another runner of the same target") { Default = "5m" };

    public static Parameter AcceptDrift { get; } = new("accept-drift", ParameterKind.Flag, "Take a schema that was changed outside as the new normal; goes through approval where one is configured");

    public static Parameter Tenant { get; } = new("tenant", ParameterKind.Text, "One tenant of a database that has many; by default all") { ValueName = "NAME" };

    public static Parameter Parallel { get; } = new("parallel", ParameterKind.Integer, "How many tenants at a time; by default what the target says, or 2");

    public static Parameter MaxFailures { get; } = new("max-failures", ParameterKind.Text, "How many tenants, or what share of them, may fail before no further one is started; by default what the target says, or 0") { ValueName = "N|N%" };

    /// <summary>How a run over tenants was asked for.</summary>
    /// <exception cref="LockkeeperException">A value is out of its range.</exception>
    public static TenantOptions TenantOptions(VerbCall call)
    {
        var parallel = call.Integer(Parallel);
        if (parallel is < 1 or > 256)
            throw new LockkeeperException(KernelErrors.WrongUse, $"'{parallel}' is not a valid value for --parallel", "Give a number from 1 to 256; each tenant at work takes two connections.");
        var budget = FailureBudget.None;
        if (call.Text(MaxFailures) is { } text && !FailureBudget.TryParse(text, out budget))
            throw new LockkeeperException(KernelErrors.WrongUse, $"'{text}' is not a valid value for --max-failures", "Give a number such as 5, or a share such as 10%.");
        return new TenantOptions((int?)parallel, call.Text(MaxFailures) is null ? null : budget);
    }

    /// <summary>Refuses a tenant's name for a database that has no tenants.</summary>
    /// <exception cref="LockkeeperException">A tenant was named.</exception>
    public static void RequireNoTenant(VerbCall call, EnvironmentConfig environment, DatabaseConfig database)
    {
        if (call.Text(Tenant) is not null)
            throw new LockkeeperException(KernelErrors.UnknownName, $"{database.Name} has no tenants in {environment.Name}", "Leave --tenant out, or declare its tenants under targets of the environment.");
    }

    public static Parameter ContractAnyway { get; } = new("contract-anyway", ParameterKind.Text, "Apply contracts whatever their gate says; the reason goes into the ledger") { ValueName = "REASON" };

    public static Parameter Since { get; } = new("since", ParameterKind.Text, "Look only at files that were added or changed since this commit or branch of git") { ValueName = "GITREF" };

    public static Parameter OptionalEnvironment { get; } = new("env", ParameterKind.Text, "One environment; by default all") { ValueName = "NAME" };
}

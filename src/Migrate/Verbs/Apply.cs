using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Running.Tenants;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate apply</c>.</summary>
internal static class Apply
{
    public static Verb Declare(TargetChoice targets) => new()
    {
        Path = "migrate apply",
        Summary = "apply what is pending in an environment",
        Details = "Plans, checks, asks for approval where one is configured, applies, runs the gates and records. A release comes to a later environment by 'lk migrate promote', "
            + "unless that environment says require_promotion: false. One runner a target: another one waits. After a crash or a lost connection the same command goes on where it stopped. A database with tenants is changed tenant by tenant, the canaries first.",
        Effect = VerbEffect.Changes,
        HasDryRun = true,
        Parameters =
        [
            StandardParameters.Environment, StandardParameters.Database, MigrateParameters.Tenant, MigrateParameters.Parallel, MigrateParameters.MaxFailures, MigrateParameters.AcceptDrift, MigrateParameters.LockTimeout, MigrateParameters.ContractAnyway,
        ],
        Examples = [new VerbExample("lk migrate apply --env dev", "applies what is pending in dev"), new VerbExample("lk migrate apply --env dev --dry-run", "shows what would run")],
        ReportType = () => MigrateJson.Default.RunReport,
        Handler = (call, cancel) => RunAsync(targets, call, TargetChoice.Environment(call.Workspace.Config, call.Required(StandardParameters.Environment)), promote: false, call.DryRun, withScripts: false, cancel),
    };

    /// <summary>Applies to an environment, each database in turn; stops at the first that fails.</summary>
    public static async Task<Report> RunAsync(TargetChoice targets, VerbCall call, EnvironmentConfig environment, bool promote, bool dryRun, bool withScripts, CancellationToken cancel)
    {
        var (workspace, results) = (call.Workspace, new List<RunResult>());
        var (tenantOptions, tenants) = (MigrateParameters.TenantOptions(call), new List<TenantsResult>());
        var before = TargetChoice.Before(workspace.Config, environment);
        if (!promote && !dryRun && before is not null && environment.RequirePromotion)
        {
            throw new LockkeeperException(
                MigrateErrors.NotPromotable, $"a release comes to {environment.Name} by promotion from {before.Name}",
                $"Run 'lk migrate promote --to {environment.Name}', or set require_promotion: false for {environment.Name} in lockkeeper.yaml.");
        }

        var options = new RunOptions(dryRun, call.Yes, call.Flag(MigrateParameters.AcceptDrift), call.Duration(MigrateParameters.LockTimeout) ?? TimeSpan.FromMinutes(5))
        {
            ContractAnyway = call.Text(MigrateParameters.ContractAnyway),
        };
        if (options.ContractAnyway is { } reason && string.IsNullOrWhiteSpace(reason))
            throw new LockkeeperException(KernelErrors.WrongUse, "--contract-anyway has no reason", "Say why, for whoever reads the ledger.");
        foreach (var database in TargetChoice.Databases(workspace.Config, environment, call.Text(StandardParameters.Database)))
        {
            if (promote && before is not null && environment.RequirePromotion)
                await Promotion.RequirePassedAsync(targets, workspace, before, environment, database, cancel);
            if (environment.Targets[database.Name].HasTenants)
            {
                await using var set = await targets.OpenTenantsAsync(workspace, environment, database, cancel);
                tenants.Add(await new TenantRun(set.Only(call.Text(MigrateParameters.Tenant)), workspace, options, tenantOptions, TenantWork.Apply).RunAsync(cancel));
                if (tenants[^1].Error is not null)
                    break;
                continue;
            }

            MigrateParameters.RequireNoTenant(call, environment, database);
            await using var chosen = await targets.OpenAsync(workspace, environment, database, cancel);
            results.Add(await new ApplyRun(chosen, workspace, options).RunAsync(cancel));
            if (results[^1].Error is not null && !dryRun)
                break;
        }

        return RunText.Of(environment.Name, dryRun, withScripts, results, tenants);
    }
}

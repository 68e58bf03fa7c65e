using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Running.Tenants;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate rollback</c>.</summary>
internal static class Rollback
{
    private static readonly Parameter To = new("to", ParameterKind.Text, "Undo everything after this version; 0 undoes everything") { ValueName = "VERSION" };
    private static readonly Parameter Last = new("last", ParameterKind.Flag, "Undo the last applied migration");

    public static Verb Declare(TargetChoice targets) => new()
    {
        Path = "migrate rollback",
        Summary = "undo applied migrations with their down files",
        Details = "Runs the down files, newest first, each with its history row in one transaction. Refused when one of them is missing or its migration was edited after it was applied; "
            + "then nothing is undone. Goes through approval where one is configured and is not bound to the window.",
        Effect = VerbEffect.Changes,
        HasDryRun = true,
        Parameters = [StandardParameters.Environment, StandardParameters.Database, MigrateParameters.Tenant, MigrateParameters.Parallel, MigrateParameters.MaxFailures, To, Last, MigrateParameters.LockTimeout],
        Examples = [new VerbExample("lk migrate rollback --env dev --last --yes", "undoes the last migration"), new VerbExample("lk migrate rollback --env dev --to 0012 --dry-run", "shows how everything after 0012 would be undone")],
        ReportType = () => MigrateJson.Default.RunReport,
        Handler = (call, cancel) => HandleAsync(targets, call, cancel),
    };

    private static async Task<Report> HandleAsync(TargetChoice targets, VerbCall call, CancellationToken cancel)
    {
        var (workspace, version, results) = (call.Workspace, call.Text(To), new List<RunResult>());
        if (version is null == !call.Flag(Last))
            throw new LockkeeperException(KernelErrors.WrongUse, "say what to roll back", "Give either --last or --to VERSION.");
        var environment = TargetChoice.Environment(workspace.Config, call.Required(StandardParameters.Environment));
        var databases = TargetChoice.Databases(workspace.Config, environment, call.Text(StandardParameters.Database));
        if (databases.Count > 1)
            throw new LockkeeperException(KernelErrors.WrongUse, $"{environment.Name} has several databases, and a version belongs to one", $"Give --database: {string.Join(", ", databases.Select(database => database.Name))}.");
        Func<IReadOnlyList<HistoryRow>, IReadOnlyList<HistoryRow>> choose = version is null ? RollbackChoice.Last : rows => RollbackChoice.After(rows, version);
        var options = new RunOptions(call.DryRun, call.Yes, AcceptDrift: true, call.Duration(MigrateParameters.LockTimeout) ?? TimeSpan.FromMinutes(5));
        if (environment.Targets[databases[0].Name].HasTenants)
        {
            await using var set = await targets.OpenTenantsAsync(workspace, environment, databases[0], cancel);
            var run = new TenantRun(set.Only(call.Text(MigrateParameters.Tenant)), workspace, options, MigrateParameters.TenantOptions(call), TenantWork.Rollback(choose));
            return RunText.Of(environment.Name, call.DryRun, withScripts: false, [], [await run.RunAsync(cancel)]);
        }

        MigrateParameters.RequireNoTenant(call, environment, databases[0]);
        await using var chosen = await targets.OpenAsync(workspace, environment, databases[0], cancel);
        results.Add(await new RollbackRun(chosen, workspace, options, choose).RunAsync(cancel));
        return RunText.Of(environment.Name, call.DryRun, withScripts: false, results);
    }
}

using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Running.Tenants;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate plan</c>.</summary>
internal static class Plan
{
    private static readonly Parameter Script = new("script", ParameterKind.Flag, "Print exactly what would be sent, as a script for psql");

    private static readonly Parameter Into = new("into", ParameterKind.Text, "With --script: a folder for a script for each group of tenants that are in the same state, with the names of the tenants beside it") { ValueName = "FOLDER" };

    public static Verb Declare(TargetChoice targets) => new()
    {
        Path = "migrate plan",
        Summary = "show what apply or promote would do",
        Details = "A dry run: the same path as apply up to the first change. Shows each step with its risk, locks, losses and way back, and every reason why the run would be refused. "
            + "With --script the exact statements, transaction and history row included; tenants that are in the same state share one script, which takes the tenant's name as psql's variable 'tenant'.",
        Effect = VerbEffect.Reads,
        Parameters = [StandardParameters.Environment, StandardParameters.Database, MigrateParameters.Tenant, MigrateParameters.AcceptDrift, Script, Into],
        Examples = [new VerbExample("lk migrate plan --env prod", "shows what a promotion to prod would do"), new VerbExample("lk migrate plan --env prod --script > prod.sql", "writes it as a script")],
        ReportType = () => MigrateJson.Default.RunReport,
        Handler = (call, cancel) => HandleAsync(targets, call, cancel),
    };

    private static async Task<Report> HandleAsync(TargetChoice targets, VerbCall call, CancellationToken cancel)
    {
        var (workspace, environment) = (call.Workspace, TargetChoice.Environment(call.Workspace.Config, call.Required(StandardParameters.Environment)));
        if (call.Text(Into) is not null && !call.Flag(Script))
            throw new LockkeeperException(KernelErrors.WrongUse, "--into says where scripts go, and --script is not given", "Add --script.");
        var options = new RunOptions(DryRun: true, Yes: true, call.Flag(MigrateParameters.AcceptDrift), default);
        var (results, scripts) = (new List<RunResult>(), new List<string>());
        var (tenants, files) = (new List<TenantsResult>(), new List<Block>());
        foreach (var database in TargetChoice.Databases(workspace.Config, environment, call.Text(StandardParameters.Database)))
        {
            if (environment.Targets[database.Name].HasTenants)
            {
                await using var all = await targets.OpenTenantsAsync(workspace, environment, database, cancel);
                var set = all.Only(call.Text(MigrateParameters.Tenant));
                var planned = await new TenantRun(set, workspace, options, new TenantOptions(null, null), TenantWork.Apply).RunAsync(cancel);
                if (await PromotionRefusalAsync(targets, workspace, environment, database, cancel) is { } notPromotable)
                    planned = planned with { Refusals = [notPromotable, .. planned.Refusals] };
                tenants.Add(planned);
                if (call.Flag(Script) && call.Text(Into) is { } folder)
                    files.AddRange((await TenantScripts.OfAsync(set, planned, workspace.Actor)).WriteInto(folder));
                else if (call.Flag(Script))
                    scripts.Add((await TenantScripts.OfAsync(set, planned, workspace.Actor)).Single());
                continue;
            }

            MigrateParameters.RequireNoTenant(call, environment, database);
            await using var chosen = await targets.OpenAsync(workspace, environment, database, cancel);
            var result = await new ApplyRun(chosen, workspace, options).RunAsync(cancel);
            if (await PromotionRefusalAsync(targets, workspace, environment, database, cancel) is { } refusal)
                result = result with { Error = new LockkeeperException(refusal.Code, refusal.Message, refusal.Hint) { Others = result.Error is { } other ? [other, .. other.Others] : [] } };
            results.Add(result);
            var stamp = chosen.Stamp("run-id", workspace.Actor, result.Draft.Series.Artifact);
            if (!result.Draft.State.HasStore)
                scripts.Add(chosen.Target.StoreScript);
            scripts.AddRange(result.Draft.Comparison.Pending.Select(migration => chosen.Target.Render(result.Draft.Migrations[migration.Id], undo: false, stamp)));
        }

        var report = RunText.Of(environment.Name, dryRun: true, withScripts: call.Flag(Script), results, tenants);
        return call.Flag(Script) ? report.WithText([.. files, .. scripts.Count > 0 || files.Count == 0 ? [new Code(string.Join('\n', scripts), "sql")] : Array.Empty<Block>()]) : report;
    }

    private static async Task<LockkeeperException?> PromotionRefusalAsync(TargetChoice targets, Workspace workspace, Kernel.Config.EnvironmentConfig environment, Kernel.Config.DatabaseConfig database, CancellationToken cancel)
    {
        if (TargetChoice.Before(workspace.Config, environment) is not { } before || !environment.RequirePromotion)
            return null;
        try
        {
            await Promotion.RequirePassedAsync(targets, workspace, before, environment, database, cancel);
            return null;
        }
        catch (LockkeeperException e) when (e.Code == MigrateErrors.NotPromotable)
        {
            return e;
        }
    }
}

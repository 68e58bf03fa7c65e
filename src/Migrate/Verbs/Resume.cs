using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate resume</c>.</summary>
internal static class Resume
{
    public static Verb Declare(TargetChoice targets) => new()
    {
        Path = "migrate resume",
        Summary = "bring what an interrupted run had begun to its end",
        Details = "Says what a run that was killed, cut off or failed has left half done, and finishes it: a file without a transaction goes on at the right statement, a rollback is undone to its end, gates run again. "
            + "Nothing is applied that was not begun; 'lk migrate apply' and 'promote' do both. A file in a transaction is never half done, and a backfill alone goes on with 'lk migrate backfill --resume'.",
        Effect = VerbEffect.Changes,
        HasDryRun = true,
        Parameters = [StandardParameters.Environment, StandardParameters.Database, MigrateParameters.AcceptDrift, MigrateParameters.LockTimeout],
        Examples = [new VerbExample("lk migrate resume --env prod --dry-run", "shows what was interrupted and how it would go on"), new VerbExample("lk migrate resume --env prod", "finishes it")],
        ReportType = () => MigrateJson.Default.RunReport,
        Handler = (call, cancel) => RunAsync(targets, call, cancel),
    };

    private static async Task<Report> RunAsync(TargetChoice targets, VerbCall call, CancellationToken cancel)
    {
        var environment = TargetChoice.Environment(call.Workspace.Config, call.Required(StandardParameters.Environment));
        var options = new RunOptions(call.DryRun, call.Yes, call.Flag(MigrateParameters.AcceptDrift), call.Duration(MigrateParameters.LockTimeout) ?? TimeSpan.FromMinutes(5)) { OnlyBegun = true };
        var results = new List<RunResult>();
        foreach (var database in TargetChoice.Databases(call.Workspace.Config, environment, call.Text(StandardParameters.Database)))
        {
            if (environment.Targets[database.Name].HasTenants)
                throw new LockkeeperException(KernelErrors.WrongUse, $"{database.Name} has tenants in {environment.Name}", "Run 'lk migrate apply' again: it goes on with the tenants that are left.");
            await using var chosen = await targets.OpenAsync(call.Workspace, environment, database, cancel);
            results.AddRange(await DatabaseAsync(chosen, call.Workspace, options, cancel));
            if (results[^1].Error is not null && !options.DryRun)
                break;
        }

        return RunText.Of(environment.Name, options.DryRun, withScripts: false, results);
    }

    private static async Task<IReadOnlyList<RunResult>> DatabaseAsync(ChosenTarget chosen, Workspace workspace, RunOptions options, CancellationToken cancel)
    {
        var results = new List<RunResult>();
        var state = await chosen.Target.ReadStateAsync(chosen.Database.Name, cancel);
        var undone = state.Interrupted.Where(one => one.IsUndo).Select(one => one.Id).ToHashSet(StringComparer.Ordinal);
        if (undone.Count > 0)
            results.Add(await new RollbackRun(chosen, workspace, options, rows => [.. rows.Where(row => undone.Contains(row.Id))]).RunAsync(cancel));
        if (undone.Count == 0 || (results[0].Error is null && state.Interrupted.Any(one => !one.IsUndo)))
            results.Add(await new ApplyRun(chosen, workspace, options).RunAsync(cancel));
        return results;
    }
}

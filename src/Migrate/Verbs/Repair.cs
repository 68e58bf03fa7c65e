using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate repair</c>.</summary>
internal static class Repair
{
    public static Verb Declare(TargetChoice targets) => new()
    {
        Path = "migrate repair",
        Summary = "make the history agree with the files",
        Details = "Takes edited files as what was applied, and removes the rows of files that are gone. Runs no migration and changes nothing else. Shows what it would do unless --yes is given. Of a database with tenants, all of them or none.",
        Effect = VerbEffect.Changes,
        HasDryRun = true,
        Parameters = [StandardParameters.Environment, StandardParameters.Database, MigrateParameters.Tenant, MigrateParameters.Parallel, MigrateParameters.LockTimeout],
        Examples = [new VerbExample("lk migrate repair --env dev --yes", "accepts an edited comment in an applied file")],
        ReportType = () => MigrateJson.Default.HistoryReport,
        Handler = (call, cancel) => HandleAsync(targets, call, cancel),
    };

    private static async Task<Report> HandleAsync(TargetChoice targets, VerbCall call, CancellationToken cancel)
    {
        var environment = TargetChoice.Environment(call.Workspace.Config, call.Required(StandardParameters.Environment));
        return await HistoryEditing.RunAsync(targets, call, environment, "repair", (_, state, comparison) => HistoryEdits.Repair(comparison, state.Adopted), cancel);
    }
}

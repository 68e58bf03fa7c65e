using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate baseline</c>.</summary>
internal static class Baseline
{
    private static readonly Parameter Version = new("version", ParameterKind.Text, "The last migration whose effect is in the database already") { Required = true, ValueName = "VERSION" };

    public static Verb Declare(TargetChoice targets) => new()
    {
        Path = "migrate baseline",
        Summary = "take over a database whose schema is in place already",
        Details = "Records every migration up to a version as applied without running it, and the schema as it is now. For a database without a history only. Of a database with tenants, those without a history; none when one of them cannot be looked at.",
        Effect = VerbEffect.Changes,
        HasDryRun = true,
        Parameters = [StandardParameters.Environment, StandardParameters.Database, Version, MigrateParameters.Tenant, MigrateParameters.Parallel, MigrateParameters.LockTimeout],
        Examples = [new VerbExample("lk migrate baseline --env prod --version 0042 --yes", "takes a database over that is at 0042")],
        ReportType = () => MigrateJson.Default.HistoryReport,
        Handler = (call, cancel) => HandleAsync(targets, call, cancel),
    };

    private static async Task<Report> HandleAsync(TargetChoice targets, VerbCall call, CancellationToken cancel)
    {
        var environment = TargetChoice.Environment(call.Workspace.Config, call.Required(StandardParameters.Environment));
        return await HistoryEditing.RunAsync(targets, call, environment, "baseline", (series, state, _) => HistoryEdits.Baseline(series, state, call.Required(Version), call.Workspace), cancel);
    }
}

using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate promote</c>.</summary>
internal static class Promote
{
    private static readonly Parameter To = new("to", ParameterKind.Text, "The environment to bring the release to") { Required = true, ValueName = "NAME" };

    public static Verb Declare(TargetChoice targets) => new()
    {
        Path = "migrate promote",
        Summary = "bring a release to the next environment",
        Details = "The same as apply, for a release (the files as they are now) that the environment before has applied and passed its gates with. "
            + "Refused when it has not, and when the target's schema is not as the last run left it.",
        Effect = VerbEffect.Changes,
        HasDryRun = true,
        Parameters = [To, StandardParameters.Database, MigrateParameters.Tenant, MigrateParameters.Parallel, MigrateParameters.MaxFailures, MigrateParameters.AcceptDrift, MigrateParameters.LockTimeout, MigrateParameters.ContractAnyway],
        Examples = [new VerbExample("lk migrate promote --to prod", "brings what passed staging to prod")],
        ReportType = () => MigrateJson.Default.RunReport,
        Handler = (call, cancel) => Apply.RunAsync(targets, call, TargetChoice.Environment(call.Workspace.Config, call.Required(To)), promote: true, call.DryRun, withScripts: false, cancel),
    };
}

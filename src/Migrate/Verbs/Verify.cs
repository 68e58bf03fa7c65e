using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Proof.Order;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Running.Contracts;
using Lockkeeper.Migrate.Running.Tenants;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate verify</c>.</summary>
internal static class Verify
{
    private static readonly Parameter Scripts = new("scripts", ParameterKind.Flag, "Run the verify scripts of what is applied too, each in a transaction that is rolled back");

    public static Verb Declare(TargetChoice targets) => new()
    {
        Path = "migrate verify",
        Summary = "check that files, history and schema agree",
        Details = "Names migrations that were edited after they were applied, files that are gone, migrations that arrived out of order, and how the schema differs from the one that the last run left. "
            + "Changes nothing. Exit code 1 when something was found. Of a database with tenants, one line each.",
        Effect = VerbEffect.Reads,
        Parameters = [MigrateParameters.OptionalEnvironment, StandardParameters.Database, MigrateParameters.Tenant, MigrateParameters.Parallel, Scripts],
        Examples = [new VerbExample("lk migrate verify --env prod", "checks prod")],
        ReportType = () => MigrateJson.Default.VerifyReport,
        Handler = (call, cancel) => HandleAsync(targets, call, cancel),
    };

    private static async Task<Report> HandleAsync(TargetChoice targets, VerbCall call, CancellationToken cancel)
    {
        var (workspace, verified) = (call.Workspace, new List<VerifiedTarget>());
        var environments = call.Text(MigrateParameters.OptionalEnvironment) is { } name ? [TargetChoice.Environment(workspace.Config, name)] : workspace.Config.Environments;
        foreach (var environment in environments)
        {
            foreach (var database in TargetChoice.Databases(workspace.Config, environment, call.Text(StandardParameters.Database)))
            {
                if (environment.Targets[database.Name].HasTenants)
                {
                    List<VerifiedTarget> tenants = [.. await TenantsAsync(targets, call, environment, database, cancel)];
                    verified.AddRange(tenants);
                    // Of one tenant nothing follows for the others.
                    if (call.Text(MigrateParameters.Tenant) is null)
                        await RecordAsync(workspace, tenants, cancel);
                    continue;
                }

                // With one environment named, a tenant of another database is a mistake; over all environments it is looked for where there are tenants.
                if (call.Text(MigrateParameters.OptionalEnvironment) is not null)
                    MigrateParameters.RequireNoTenant(call, environment, database);
                else if (call.Text(MigrateParameters.Tenant) is not null)
                    continue;
                await using var chosen = await targets.OpenAsync(workspace, environment, database, cancel);
                verified.Add(await VerifyAsync(chosen, workspace, call.Flag(Scripts), cancel));
                await RecordAsync(workspace, [verified[^1]], cancel);
            }
        }

        var clean = verified.All(target => target is { Error: null, Findings.Count: 0, Drift.Count: 0 });
        return Report.Of(new VerifyReport(verified), () => MigrateJson.Default.VerifyReport, [.. Text(verified)], clean ? ExitCode.Done : ExitCode.Findings);
    }

    /// <summary>Records whether a database has drifted. What could not be looked at is not known to be as it was left.</summary>
    private static Task RecordAsync(Workspace workspace, IReadOnlyList<VerifiedTarget> targets, CancellationToken cancel)
    {
        List<string> drift = [.. targets.SelectMany(target => target.Drift.Select(words => target.Tenant is { } tenant ? $"{tenant}: {words}" : words))];
        return drift.Count == 0 && !(targets.Count > 0 && targets.All(target => target.DriftChecked))
            ? Task.CompletedTask
            : DriftCheck.RecordAsync(workspace, DriftOf.Schema, targets[0].Environment, targets[0].Database, drift, cancel);
    }

    private static async Task<VerifiedTarget> VerifyAsync(ChosenTarget chosen, Workspace workspace, bool scripts, CancellationToken cancel)
    {
        var series = chosen.Release?.Series ?? SeriesReader.Read(chosen.Database, workspace.ProjectFolder);
        var state = await chosen.Target.ReadStateAsync(series.Name, cancel);
        var takeover = Takeover.Of(series, state, new DraftMaker(chosen, workspace).Files(series));
        // Nobody has to be asked: what waits for a gate is pending here.
        var comparison = await new DraftMaker(chosen, workspace, new HoldOptions(Writes: false, Anyway: "verify"))
            .HoldAsync(series, await OrderRecord.CompareAsync(workspace, chosen.Database, series, takeover.Rows, cancel), state, cancel);
        var findings = takeover.Findings.Concat(comparison.Findings).Concat(state.Interrupted.Select(interrupted => new Finding(
            "interrupted", Severity.Error, $"{(interrupted.IsUndo ? $"the rollback of {interrupted.Id}" : interrupted.Id)} was interrupted and is half done", null,
            interrupted.IsAlone ? "'lk migrate backfill --resume' goes on with it." : "Run the same command again, or 'lk migrate resume': it goes on where it stopped."))).ToList();
        if (scripts)
            findings.AddRange(await new VerifyScriptRun(chosen, workspace).RunAsync(series, state, cancel));
        IReadOnlyList<string> drift = [];
        // What an adopted tool did on its own changed the schema since it was recorded.
        var checkable = state.Recorded is { IsCurrent: true } && takeover is { IsNeeded: false, Undone.Count: 0 };
        if (checkable && state.Recorded is { } recorded)
        {
            var schema = await chosen.Target.ReadSchemaAsync(cancel);
            drift = recorded.Fingerprint == schema.Fingerprint ? [] : chosen.Target.Differences(recorded.Bytes, schema);
        }

        return new VerifiedTarget(chosen.Environment.Name, series.Name, chosen.Target.Name, state.Rows.Count(row => row.InPlace), comparison.Pending.Count,
            [.. findings.Select(Status.FindingData)], drift, checkable, chosen.Tenant?.Name);
    }

    private static async Task<IEnumerable<VerifiedTarget>> TenantsAsync(TargetChoice targets, VerbCall call, EnvironmentConfig environment, DatabaseConfig database, CancellationToken cancel)
    {
        await using var all = await targets.OpenTenantsAsync(call.Workspace, environment, database, cancel);
        var set = all.Only(call.Text(MigrateParameters.Tenant));
        var sweep = new TenantSweep(set, call.Workspace, MigrateParameters.TenantOptions(call).Parallel ?? set.Config.Parallel);
        var answers = await sweep.RunAsync(environment, (chosen, quiet, stop) => VerifyAsync(chosen, quiet, call.Flag(Scripts), stop), cancel);
        return answers.Select(answer => answer.Result
            ?? new VerifiedTarget(environment.Name, database.Name, answer.Tenant.Name, 0, 0, [], [], false, answer.Tenant.Name, answer.Error is { } error ? $"{error.Code.Id}: {error.Message}" : null));
    }

    private static IEnumerable<Block> Text(List<VerifiedTarget> verified)
    {
        foreach (var same in verified.GroupBy(target => (target.Environment, target.Database)))
        {
            var tenants = same.Where(target => target.Tenant is not null).ToList();
            if (tenants.Count > 0)
                yield return new Heading($"{same.Key.Database} on {same.Key.Environment} ({Plural.Of(tenants.Count, "tenant")})");
            foreach (var tenant in tenants)
                yield return TenantLine(tenant);
            foreach (var block in same.Where(target => target.Tenant is null).SelectMany(Text))
                yield return block;
        }
    }

    /// <summary>A tenant's line: whether all agrees, else the first of what does not.</summary>
    private static Line TenantLine(VerifiedTarget tenant)
    {
        string[] wrong = [.. tenant.Error is { } error ? [error] : Array.Empty<string>(), .. tenant.Findings.Select(finding => $"{finding.Rule}: {finding.Message}"), .. tenant.Drift.Select(difference => $"drift: {difference}")];
        var words = (wrong.Length, tenant.DriftChecked || tenant.Applied == 0) switch
        {
            (0, true) => "files, history and schema agree",
            (0, false) => "files and history agree; no schema was recorded at the end of the last run, so drift was not checked",
            (1, _) => wrong[0],
            _ => $"{wrong[0]} (and {wrong.Length - 1} more; --tenant {tenant.Tenant} --json shows all)",
        };
        return new Line(
            tenant.Error is not null ? $"{tenant.Tenant}: {words}" : $"{tenant.Tenant}: {tenant.Applied} applied, {tenant.Pending} pending; {words}", wrong.Length > 0 ? Tone.Bad : tenant.DriftChecked || tenant.Applied == 0 ? Tone.Good : Tone.Warning);
    }

    private static IEnumerable<Block> Text(VerifiedTarget target)
    {
        yield return new Heading($"{target.Database} on {target.Environment} ({target.Target})");
        yield return new Line($"{target.Applied} applied, {target.Pending} pending");
        foreach (var finding in target.Findings)
        {
            yield return new Line($"{finding.Rule}: {finding.Message}", finding.Severity == "error" ? Tone.Bad : Tone.Warning);
            if (finding.Hint is not null)
                yield return new Line(finding.Hint, Tone.Muted, 1);
        }

        foreach (var difference in target.Drift)
            yield return new Line($"drift: {difference}", Tone.Bad);
        if (!target.DriftChecked && target.Applied > 0)
            yield return new Line("no schema was recorded at the end of the last run, so drift was not checked", Tone.Warning);
        if (target.Findings.Count == 0 && target.Drift.Count == 0)
            yield return new Line("files, history and schema agree", Tone.Good);
    }
}

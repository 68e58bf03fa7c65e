using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Running.Tenants;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>What repair and baseline have in common: one database, or all its tenants, shown first, done with --yes.</summary>
internal static class HistoryEditing
{
    public static async Task<Report> RunAsync(
        TargetChoice targets, VerbCall call, EnvironmentConfig environment, string what,
        HistoryDecision decide, CancellationToken cancel)
    {
        var databases = TargetChoice.Databases(call.Workspace.Config, environment, call.Text(StandardParameters.Database));
        if (databases.Count > 1)
            throw new LockkeeperException(KernelErrors.WrongUse, $"{environment.Name} has several databases", $"Give --database: {string.Join(", ", databases.Select(database => database.Name))}.");
        if (environment.Targets[databases[0].Name].HasTenants)
            return await TenantsAsync(targets, call, environment, databases[0], what, decide, cancel);
        MigrateParameters.RequireNoTenant(call, environment, databases[0]);
        await using var chosen = await targets.OpenAsync(call.Workspace, environment, databases[0], cancel);
        var confirmed = call.Yes || environment.Approvals is not null;
        var options = new RunOptions(call.DryRun || !confirmed, call.Yes, AcceptDrift: true, call.Duration(MigrateParameters.LockTimeout) ?? TimeSpan.FromMinutes(5));
        var changes = await new HistoryRun(chosen, call.Workspace, options, what, decide).RunAsync(cancel);

        var blocks = new List<Block> { new Heading($"{what} {databases[0].Name} on {environment.Name} ({chosen.Target.Name})") };
        blocks.AddRange(changes.Select(change => new Line(change)));
        blocks.Add((changes.Count, options.DryRun, call.DryRun) switch
        {
            (0, _, _) => new Line("nothing to do", Tone.Good),
            (_, true, false) => new Line("nothing was changed; --yes does it", Tone.Warning),
            (_, true, true) => new Line("nothing was changed"),
            _ => new Line($"{changes.Count} {(changes.Count == 1 ? "row" : "rows")} changed", Tone.Good),
        });
        var data = new HistoryReport(options.DryRun, environment.Name, databases[0].Name, chosen.Target.Name, changes, []);
        return Report.Of(data, () => MigrateJson.Default.HistoryReport, blocks, changes.Count > 0 && !confirmed && !call.DryRun ? ExitCode.Refused : ExitCode.Done);
    }

    private static async Task<Report> TenantsAsync(
        TargetChoice targets, VerbCall call, EnvironmentConfig environment, DatabaseConfig database, string what, HistoryDecision decide, CancellationToken cancel)
    {
        await using var all = await targets.OpenTenantsAsync(call.Workspace, environment, database, cancel);
        var set = all.Only(call.Text(MigrateParameters.Tenant));
        var confirmed = call.Yes || environment.Approvals is not null;
        var options = new RunOptions(call.DryRun || !confirmed, call.Yes, AcceptDrift: true, call.Duration(MigrateParameters.LockTimeout) ?? TimeSpan.FromMinutes(5));
        var parallel = MigrateParameters.TenantOptions(call).Parallel ?? set.Config.Parallel;
        // A baseline is for tenants without a history; the others are as they should be.
        HistoryDecision each = what == "baseline" ? (series, state, comparison) => state.Rows.Any(row => row.InPlace) ? [] : decide(series, state, comparison) : decide;
        var (changes, run) = await new TenantHistoryRun(set, call.Workspace, options, parallel, what, each).RunAsync(cancel);

        var failed = changes.Count(tenant => tenant.Error is not null);
        var changed = changes.Count(tenant => tenant.Result is { Count: > 0 });
        var blocks = new List<Block> { new Heading($"{what} {database.Name} on {environment.Name} ({Plural.Of(set.Tenants.Count, "tenant")})") };
        foreach (var same in changes.Where(tenant => tenant.Result is not null).GroupBy(tenant => string.Join('\n', tenant.Result!)))
        {
            blocks.Add(new Line($"{Plural.Of(same.Count(), "tenant")} ({TenantsText.Names([.. same.Select(tenant => tenant.Tenant)])}): {(same.Key.Length == 0 ? "nothing to do" : "")}".TrimEnd(), Tone.Strong));
            blocks.AddRange(same.First().Result!.Select(change => new Line(change, Tone.Plain, 1)));
        }

        blocks.AddRange(changes.Where(tenant => tenant.Error is not null).Select(tenant => new Line($"{tenant.Tenant.Name}: {tenant.Error!.Code.Id}: {tenant.Error.Message}", Tone.Bad)));
        blocks.Add((changed, failed, options.DryRun, call.DryRun) switch
        {
            (_, > 0, _, _) when run is null => new Line($"nothing was changed: {Plural.Of(failed, "tenant")} could not be looked at", Tone.Bad),
            (0, _, _, _) => new Line("nothing to do", Tone.Good),
            (_, _, true, false) => new Line("nothing was changed; --yes does it", Tone.Warning),
            (_, _, true, true) => new Line("nothing was changed"),
            _ => new Line($"{Plural.Of(changed, "tenant")} changed{(failed == 0 ? "" : $", {failed} failed")}", failed == 0 ? Tone.Good : Tone.Bad),
        });
        var data = new HistoryReport(
            options.DryRun, environment.Name, database.Name, Plural.Of(set.Tenants.Count, "tenant"), [],
            [.. changes.Select(tenant => new TenantHistory(tenant.Tenant.Name, tenant.Result ?? [], tenant.Error is { } error ? $"{error.Code.Id}: {error.Message}" : null))]);
        var exit = failed > 0 ? run is not null ? ExitCode.PartlyApplied : ExitCode.Failed : changed > 0 && !confirmed && !call.DryRun ? ExitCode.Refused : ExitCode.Done;
        return Report.Of(data, () => MigrateJson.Default.HistoryReport, blocks, exit);
    }
}

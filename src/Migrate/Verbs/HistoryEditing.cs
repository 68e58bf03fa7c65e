using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Verbs;

/// <summary>What repair and baseline have in common: one database, shown first, done with --yes.</summary>
internal static class HistoryEditing
{
    public static async Task<Report> RunAsync(
        TargetChoice targets, VerbCall call, EnvironmentConfig environment, string what,
        Func<MigrationSeries, TargetState, HistoryComparison, IReadOnlyList<(HistoryEdit Edit, string Words)>> decide, CancellationToken cancel)
    {
        var databases = TargetChoice.Databases(call.Workspace.Config, environment, call.Text(StandardParameters.Database));
        if (databases.Count > 1)
            throw new LockkeeperException(KernelErrors.WrongUse, $"{environment.Name} has several databases", $"Give --database: {string.Join(", ", databases.Select(database => database.Name))}.");
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
        var data = new HistoryReport(options.DryRun, environment.Name, databases[0].Name, chosen.Target.Name, changes);
        return Report.Of(data, () => MigrateJson.Default.HistoryReport, blocks, changes.Count > 0 && !confirmed && !call.DryRun ? ExitCode.Refused : ExitCode.Done);
    }
}

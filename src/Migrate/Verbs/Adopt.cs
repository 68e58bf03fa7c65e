using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate adopt</c>.</summary>
internal static class Adopt
{
    private static readonly Parameter From = new("from", ParameterKind.Text, "The tool to adopt from, when the database holds the tables of several") { ValueName = "TOOL" };
    private static readonly Parameter Table = new("table", ParameterKind.Text, "The tool's table, when it has another name than usual; it is known by its columns") { ValueName = "SCHEMA.NAME" };
    private static readonly Parameter AcceptEdited = new("accept-edited", ParameterKind.Flag, "Take files as they are although they are not what was applied");
    private static readonly Parameter AcceptMissing = new("accept-missing", ParameterKind.Flag, "Take over what was applied although its file is gone");
    private static readonly Parameter Leave = new("leave", ParameterKind.Flag, "Stop keeping the adopted tool's table up to date");

    public static Verb Declare(TargetChoice targets) => new()
    {
        Path = "migrate adopt",
        Summary = "take over a database that another tool has migrated, with proof",
        Details = "Finds the other tool's history table, compares its rows and checksums with the files, runs the files on an empty database and compares its schema with the live one. "
            + "Reports file by file: verified, edited, missing, unknown (pending), failed; and how the schema drifted. With --yes and nothing against it, it writes Lockkeeper's history, and from then on "
            + "every migration is written into the other tool's table too, so that one can go back to that tool at any time. Without --yes nothing is written, and the exit code is 1 when something was found.",
        Effect = VerbEffect.Changes,
        HasDryRun = true,
        Parameters = [StandardParameters.Environment, StandardParameters.Database, From, Table, MigrateParameters.AcceptDrift, AcceptEdited, AcceptMissing, Leave, MigrateParameters.LockTimeout],
        Examples =
        [
            new VerbExample("lk migrate adopt --env dev", "shows what adopting would find"),
            new VerbExample("lk migrate adopt --env dev --yes", "adopts"),
            new VerbExample("lk migrate adopt --env dev --leave --yes", "leaves the other tool's table alone from now on"),
        ],
        ReportType = () => MigrateJson.Default.AdoptReport,
        Handler = (call, cancel) => HandleAsync(targets, call, cancel),
    };

    private static async Task<Report> HandleAsync(TargetChoice targets, VerbCall call, CancellationToken cancel)
    {
        var environment = TargetChoice.Environment(call.Workspace.Config, call.Required(StandardParameters.Environment));
        var databases = TargetChoice.Databases(call.Workspace.Config, environment, call.Text(StandardParameters.Database));
        if (databases.Count > 1)
            throw new LockkeeperException(KernelErrors.WrongUse, $"{environment.Name} has several databases", $"Give --database: {string.Join(", ", databases.Select(database => database.Name))}.");
        var wait = call.Duration(MigrateParameters.LockTimeout) ?? TimeSpan.FromMinutes(5);
        var options = new AdoptOptions(
            call.Text(From), call.Text(Table), call.Yes && !call.DryRun, call.Flag(MigrateParameters.AcceptDrift), call.Flag(AcceptEdited), call.Flag(AcceptMissing), wait);
        await using var chosen = await targets.OpenAsync(call.Workspace, environment, databases[0], cancel);
        return call.Flag(Leave) ? await LeaveAsync(chosen, call, options, cancel) : await AdoptAsync(chosen, call.Workspace, options, cancel);
    }

    private static async Task<Report> AdoptAsync(ChosenTarget chosen, Workspace workspace, AdoptOptions options, CancellationToken cancel)
    {
        var result = await new AdoptRun(chosen, workspace, options).RunAsync(cancel);
        var report = new AdoptReport(
            chosen.Environment.Name, chosen.Database.Name, chosen.Target.Name, result.Look.Found.Tool.Name, $"{result.Look.Found.Schema}.{result.Look.Found.Table}", result.Look.Series.Format,
            result.Run is not null, result.Run, [.. result.Look.Migrations.Select(migration => new AdoptedFile(migration.Id, migration.File, migration.Verdict.ToString().ToLowerInvariant(), migration.Words))],
            result.Drift, result.Replay?.Server, result.ReplayError,
            [.. result.Undone.Select(row => row.Id)], [.. result.Behind.Select(row => row.Id)], result.Objections(options));
        return Report.Of(report, () => MigrateJson.Default.AdoptReport, [.. AdoptText.Of(report, result)], report.Objections.Count > 0 ? ExitCode.Findings : ExitCode.Done);
    }

    private static async Task<Report> LeaveAsync(ChosenTarget chosen, VerbCall call, AdoptOptions options, CancellationToken cancel)
    {
        var left = await new LeaveRun(chosen, call.Workspace).RunAsync(chosen.Database.Name, options.Write, options.LeaseWait, cancel);
        var report = new LeaveReport(chosen.Environment.Name, chosen.Database.Name, chosen.Target.Name, left.Tool, $"{left.Schema}.{left.Table}", options.Write);
        Block[] blocks =
        [
            new Heading($"leave {left.Words} on {chosen.Environment.Name} ({chosen.Target.Name})"),
            options.Write
                ? new Line($"{report.Table} is not kept up to date any more; 'lk migrate adopt' brings it up to date and goes on", Tone.Good)
                : new Line($"{report.Table} would not be kept up to date any more; --yes does it", Tone.Warning),
        ];
        return Report.Of(report, () => MigrateJson.Default.LeaveReport, blocks, options.Write || call.DryRun ? ExitCode.Done : ExitCode.Refused);
    }
}

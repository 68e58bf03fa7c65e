using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Squash;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate squash</c>.</summary>
internal static class Squash
{
    private static readonly Parameter To = new("to", ParameterKind.Text, "The last version that the baseline stands for") { Required = true, ValueName = "VERSION" };
    private static readonly Parameter WithData = new("with-data", ParameterKind.Flag, "Put the rows that the migrations wrote into the baseline");
    private static readonly Parameter Before = new("before", ParameterKind.Text, "A script of what is there before the first migration: roles, extensions, schemas") { ValueName = "FILE" };
    private static readonly Parameter Remove = new("remove", ParameterKind.Flag, "Delete the files that the baseline stands for");
    private static readonly Parameter Server = new("server", ParameterKind.Integer, "The server's major version; by default the newest one on this machine") { ValueName = "MAJOR" };

    public static Verb Declare(TargetChoice targets) => new()
    {
        Path = "migrate squash",
        Summary = "write a baseline file that stands for the first migrations of a series",
        Details = "Applies the migrations up to a version to an empty database on a throw-away server, dumps it, and applies the dump to a second one: only when both have the same fingerprint is the file written. "
            + "New databases start from it; those that have the version or a later one pass it over, and do not miss the files that --remove deletes.",
        Effect = VerbEffect.Local,
        HasDryRun = true,
        Parameters = [To, StandardParameters.Database, WithData, Before, Remove, Server],
        Examples = [new VerbExample("lk migrate squash --to 0020", "writes 0020_squashed.baseline.sql"), new VerbExample("lk migrate squash --to 0020 --remove --dry-run", "proves it and shows which files it makes superfluous")],
        ReportType = () => MigrateJson.Default.SquashReport,
        Handler = (call, cancel) => HandleAsync(targets, call, cancel),
    };

    private static async Task<Report> HandleAsync(TargetChoice targets, VerbCall call, CancellationToken cancel)
    {
        var database = TargetChoice.Single(call.Workspace.Config, call.Text(StandardParameters.Database));
        var options = new SquashOptions(call.Required(To), call.Flag(WithData), call.Text(Before), call.Flag(Remove), call.DryRun);
        await using var server = await targets.StartShadowAsync(call.Workspace, database, (int?)call.Integer(Server), cancel);
        var result = await new SquashRun(database, server, call.Workspace).RunAsync(options, cancel);
        var data = new SquashReport(
            call.DryRun, database.Name, result.File, result.Migrations, result.Fingerprint, options.WithData, [.. result.Filled.Select(table => new FilledTableReport(table.Name, table.Rows))], result.Removed);
        return Report.Of(data, () => MigrateJson.Default.SquashReport, [.. Text(data)]);
    }

    private static IEnumerable<Block> Text(SquashReport report)
    {
        yield return new Line($"{(report.DryRun ? "would write" : "wrote")} {report.File}: it stands for {Plural.Of(report.Migrations, "migration")}, and makes the same schema (fingerprint {report.Fingerprint[..12]})", Tone.Good);
        foreach (var table in report.Filled)
        {
            yield return report.WithData
                ? new Line($"{table.Table}: {Rows(table.Rows)} in it")
                : new Line($"{table.Table}: the migrations write {Rows(table.Rows)}, which a new database will not have; --with-data puts them in", Tone.Warning);
        }

        foreach (var file in report.Removed)
            yield return new Line($"{(report.DryRun ? "would remove" : "removed")} {file}");
    }

    private static string Rows(long count) => count == 1 ? "1 row" : $"{count} rows";
}

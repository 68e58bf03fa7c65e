using System.Globalization;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.PostgreSql.Regressions;
using Lockkeeper.Observe.Regressions;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe regressions</c>.</summary>
internal static class RegressionsVerb
{
    private static readonly Parameter Environment = new("env", ParameterKind.Text, "The environment") { Required = true, ValueName = "NAME" };

    private static readonly Parameter Database = new("database", ParameterKind.Text, "The database, when the project has several") { ValueName = "NAME" };

    private static readonly Parameter Run = new("run", ParameterKind.Text, "The deploy, by the id of its run; by default the newest") { ValueName = "ID" };

    public static Verb Declare() => new()
    {
        Path = "observe regressions",
        Summary = "name the statements that the last deploy made slower, and by which migration",
        Details = "Compares what pg_stat_statements counted before a deploy and since, statement by statement: time, blocks and rows a call, so that more rows or a busy machine do not count. What has changed in the structure says why, and which statement of which migration did it. "
            + "'lk migrate apply' takes the notes that this needs, in the schema lockkeeper of the target, where pg_stat_statements is installed. Exit code 1 when there is one.",
        Effect = VerbEffect.Reads,
        Parameters = [Environment, Database, Run],
        Examples = [new VerbExample("lk observe regressions --env prod", "what the last release made slower")],
        ReportType = () => ObserveJson.Default.RegressionsReport,
        Handler = HandleAsync,
    };

    private static async Task<Report> HandleAsync(VerbCall call, CancellationToken cancel)
    {
        var config = call.Workspace.Config;
        var environment = config.Environments.FirstOrDefault(one => one.Name == call.Required(Environment))
            ?? throw new LockkeeperException(KernelErrors.UnknownName, $"there is no environment '{call.Required(Environment)}'", $"Environments: {string.Join(", ", config.Environments.Select(one => one.Name))}.");
        var database = call.Text(Database) ?? (environment.Targets.Count == 1 ? environment.Targets.Keys.First() : throw new LockkeeperException(KernelErrors.WrongUse, $"{environment.Name} has several databases", $"Name one with --database: {string.Join(", ", environment.Targets.Keys)}."));
        if (environment.Targets.GetValueOrDefault(database)?.Url is not { } url)
            throw new LockkeeperException(KernelErrors.UnknownName, $"there is no database '{database}' with one URL in {environment.Name}", $"Databases: {string.Join(", ", environment.Targets.Keys)}.");
        var verdict = await (await DeployWatch.AtAsync(url.Text, call.Workspace, cancel)).CompareAsync(call.Text(Run), cancel) ?? throw new LockkeeperException(
            ObserveErrors.NothingNoted, call.Text(Run) is { } run ? $"nothing was noted around the run {run} in {environment.Name}" : $"nothing was noted around a deploy to {environment.Name}",
            "Notes are taken by 'lk migrate apply' where the extension pg_stat_statements is in the database (CREATE EXTENSION pg_stat_statements, and shared_preload_libraries); deploys before that have none.");
        var report = Of(verdict);
        return Report.Of(report, () => ObserveJson.Default.RegressionsReport, [.. Text(report)], report.Regressions.Count > 0 ? ExitCode.Findings : ExitCode.Done);
    }

    private static RegressionsReport Of(DeployVerdict verdict) => new(
        verdict.Run, verdict.Actor, verdict.After.From, (verdict.After.To - verdict.After.From).TotalSeconds, verdict.After.Statements.Count, verdict.Evictions, [.. verdict.Changes.Select(change => change.Words).Distinct(StringComparer.Ordinal)],
        [.. verdict.Regressions.Select(Of)]);

    private static RegressionReport Of(Regression one) => new(
        one.Statement.Key.Text, one.Statement.Key.User, one.Statement.Before.MeanSeconds * 1000, one.Statement.After.MeanSeconds * 1000, one.Statement.TimeRatio, one.Statement.BlocksRatio, one.Statement.RowsRatio, (long)one.Statement.After.Calls, one.Statement.ExcessSeconds,
        Words(one.Mechanism), one.Why, one.By?.File, one.By?.Line, one.By?.Text, one.Confidence.ToString().ToLowerInvariant());

    private static string Words(Mechanism mechanism) => mechanism switch
    {
        Mechanism.IndexGone => "index gone",
        Mechanism.TypeChanged => "type changed",
        Mechanism.StatisticsMissing => "statistics missing",
        Mechanism.TriggerAdded => "trigger added",
        Mechanism.MoreToKeepUp => "index to keep up",
        Mechanism.DefinitionChanged => "definition changed",
        Mechanism.RowSecurity => "row security",
        Mechanism.SettingChanged => "setting changed",
        Mechanism.Lock => "waits",
        Mechanism.PlanChanged => "plan changed",
        _ => "unknown",
    };

    private static IEnumerable<Block> Text(RegressionsReport report)
    {
        yield return new Line($"deploy {report.Run} by {report.Actor}, {Durations.Words(TimeSpan.FromSeconds(report.Seconds))} ago: {Plural.Of(report.Statements, "statement")} since");
        if (report.Evictions > 0)
            yield return new Line($"statements were thrown out of pg_stat_statements {report.Evictions} times in between: rarer ones may be missing", Tone.Warning);
        if (report.Statements == 0)
            yield return new Line("nothing was executed since: ask again when the application has worked for a while", Tone.Warning);
        else if (report.Regressions.Count == 0)
            yield return new Line("no statement has become slower", Tone.Good);
        foreach (var one in report.Regressions)
        {
            yield return new Heading($"{Number(one.BeforeMs)} → {Number(one.AfterMs)} ms a call ({Number(one.TimeRatio)} ×), {one.Mechanism}, confidence {one.Confidence}");
            yield return new Code(one.Statement.Length <= 400 ? one.Statement : one.Statement[..400] + " …", "sql");
            yield return new Line($"{one.Why}; {Plural.Of((int)Math.Min(one.Calls, int.MaxValue), "call")} since, {Number(one.BlocksRatio)} × the blocks and {Number(one.RowsRatio)} × the rows a call", Indent: 1);
            if (one.File is { } file)
                yield return new Line($"by {file}:{one.Line}: {string.Join(' ', one.By!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}", Tone.Strong, Indent: 1);
        }
    }

    private static string Number(double value) => value.ToString(value >= 100 ? "0" : value >= 1 ? "0.0" : "0.000", CultureInfo.InvariantCulture);
}

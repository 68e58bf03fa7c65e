using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Exporting;
using Lockkeeper.Observe.PostgreSql;
using Lockkeeper.Observe.Watching;

namespace Lockkeeper.Observe.Verbs;

/// <summary><c>lk observe runbook</c>.</summary>
internal static class RunbookVerb
{
    private static readonly Parameter Alert = new("alert", ParameterKind.Text, "The alert rule's name") { Positional = true, Required = true, ValueName = "ALERT" };

    private static readonly Parameter Target = new("target", ParameterKind.Text, "Run the statements on this target and show the answers in their places");

    private static readonly Parameter Database = new("database", ParameterKind.Text, "In this database of the target; by default the one of its URL");

    public static Verb Declare(WatchSetup setup) => new()
    {
        Path = "observe runbook",
        Summary = "show what an alert means and what to do, with the diagnosis run in place",
        Details = "With --target each statement of the diagnosis runs there, in a transaction that can only read and with a limit of 10 s; the first 25 rows are shown.",
        Effect = VerbEffect.Reads,
        Parameters = [Alert, Target, Database],
        Examples = [new VerbExample("lk observe runbook PostgresSessionsBlocked --target prod/shop", "the page, with the blocking tree as it is now")],
        ReportType = () => ObserveJson.Default.RunbookReport,
        Handler = (call, cancel) => HandleAsync(setup, call, cancel),
    };

    private static async Task<Report> HandleAsync(WatchSetup setup, VerbCall call, CancellationToken cancel)
    {
        // A rule that is off has its page all the same.
        var name = call.Required(Alert);
        var rule = setup.Rules.FirstOrDefault(one => one.Name == name) ?? RuleSet.Of(setup.Rules, call.Workspace.Config.Observe).Get(name);
        var answers = call.Text(Target) is { } target
            ? await AskAsync(setup, call, target, rule, cancel)
            : [.. rule.Runbook.Diagnosis.Select(step => new DiagnosisAnswer(step, null, [], null))];
        var report = new RunbookReport(rule.Name, rule.Runbook.Meaning, rule.Runbook.Impact, [.. answers.Select(answer => new DiagnosisReport(answer.Step.Question, answer.Step.Sql, answer.Columns, answer.Columns is null ? null : answer.Rows, answer.Error))], rule.Runbook.Mitigation);
        return Report.Of(report, () => ObserveJson.Default.RunbookReport, [.. Text(rule, answers)]);
    }

    private static async Task<IReadOnlyList<DiagnosisAnswer>> AskAsync(WatchSetup setup, VerbCall call, string name, AlertRule rule, CancellationToken cancel)
    {
        await using var exporter = setup.Exporter(call.Workspace);
        var target = exporter.Targets.FirstOrDefault(one => one.Name == name)
            ?? throw new LockkeeperException(KernelErrors.UnknownName, $"there is no target '{name}'", NearestName.Hint(name, [.. exporter.Targets.Select(one => one.Name)], "targets"));
        call.Workspace.Progress.Now("asking " + name);
        var answers = await RunbookDiagnosis.RunAsync(target, call.Text(Database), rule.Runbook.Diagnosis, call.Workspace.Redactor, cancel);
        call.Workspace.Progress.Now(null);
        return answers;
    }

    private static IEnumerable<Block> Text(AlertRule rule, IReadOnlyList<DiagnosisAnswer> answers)
    {
        yield return new Heading(rule.Name);
        yield return new Line(rule.Runbook.Meaning);
        if (rule.Runbook.Impact.Length > 0)
            yield return new Line("Impact: " + rule.Runbook.Impact);
        if (answers.Count > 0)
            yield return new Heading("Diagnosis");
        foreach (var answer in answers)
        {
            yield return new Line(answer.Step.Question, Tone.Strong);
            if (answer.Columns is null && answer.Error is null)
                yield return new Code(answer.Step.Sql, "sql");
            else if (answer.Error is { } error)
                yield return new Line("not answered: " + error, Tone.Warning, Indent: 1);
            else if (answer.Rows.Count == 0)
                yield return new Line("none", Tone.Muted, Indent: 1);
            else
                yield return new Table(answer.Columns!, [.. answer.Rows.Select(row => (IReadOnlyList<Cell>)[.. row.Select(value => new Cell(value ?? ""))])]);
        }

        if (rule.Runbook.Mitigation.Count > 0)
            yield return new Heading("What to do, in this order");
        for (var i = 0; i < rule.Runbook.Mitigation.Count; i++)
            yield return new Line($"{i + 1}. {rule.Runbook.Mitigation[i]}");
    }
}

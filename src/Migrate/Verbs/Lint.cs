using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Verbs.LintFormats;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate lint</c>.</summary>
internal static class Lint
{
    private static readonly Parameter PathName = new("path", ParameterKind.Text, "A migration file, or a folder of them; by default all migrations of the project") { Positional = true, ValueName = "PATH" };
    private static readonly Parameter Environment = new("env", ParameterKind.Text, "Look at what is pending in this environment, and ask its databases for the tables' sizes, constraints and indexes") { ValueName = "NAME" };
    private static readonly Parameter FailOn = new("fail-on", ParameterKind.Choice, "The least severity that makes the exit code 1") { Choices = ["info", "warning", "error", "never"], Default = "error" };
    private static readonly Parameter Format = new("format", ParameterKind.Choice, "How the findings are written: for people, as SARIF 2.1.0, as annotations of GitHub, as a code quality report of GitLab, or as a comment in Markdown") { Choices = LintFormat.Names, Default = LintFormat.Text };
    private static readonly Parameter ListRules = new("rules", ParameterKind.Flag, "List the rules with what this project's policy makes of each, and look at nothing");

    public static Verb Declare(IReadOnlyList<ILinter> linters, TargetChoice targets) => new()
    {
        Path = "migrate lint",
        Summary = "look at migrations for what would stop an application or lose data",
        Details = "Reads the files by PostgreSQL's own grammar and knows the series before each file: a table that the same release creates is not in use yet. Nothing is sent to a database, unless --env asks one for its tables' sizes, constraints and indexes. "
            + "A statement is allowed with a comment before it: -- lk: allow RULE: REASON. Which rules hold stands under policy in lockkeeper.yaml.",
        Effect = VerbEffect.Reads,
        Parameters = [PathName, Environment, StandardParameters.Database, MigrateParameters.Since, FailOn, Format, ListRules],
        Examples =
        [
            new VerbExample("lk migrate lint", "looks at all migrations of the project"),
            new VerbExample("lk migrate lint --env prod", "looks at what is pending in prod, and knows how large its tables are"),
            new VerbExample("lk migrate lint --since origin/main", "looks at what this branch adds"),
            new VerbExample("lk migrate lint --since origin/main --format github", "says it beside the lines of a pull request"),
        ],
        ReportType = () => MigrateJson.Default.LintReport,
        Handler = (call, cancel) => HandleAsync(linters, targets, call, cancel),
    };

    private static async Task<Report> HandleAsync(IReadOnlyList<ILinter> linters, TargetChoice targets, VerbCall call, CancellationToken cancel)
    {
        if (!call.Flag(ListRules))
            _ = Task.Run(() => linters[0].Prepare(), CancellationToken.None);
        var choice = new LintChoice(call.Workspace, call.Text(PathName), call.Text(Environment), call.Text(StandardParameters.Database), call.Text(MigrateParameters.Since));
        if (call.Flag(ListRules))
            return LintText.Rules(linters, choice.Policy);
        var results = new LintResults();
        await foreach (var input in choice.InputsAsync(linters, targets, cancel))
        {
            var linter = linters.First(candidate => candidate.Engine == input.Database.Engine);
            results.Add(input, linter, new LintPolicy(choice.Policy, linter.Rules), cancel);
        }

        var report = results.Report(choice.Folder);
        var exit = call.Required(FailOn) switch
        {
            "never" => ExitCode.Done,
            "info" when report.Findings.Count > 0 => ExitCode.Findings,
            "warning" when report.Errors + report.Warnings > 0 => ExitCode.Findings,
            _ when report.Errors > 0 => ExitCode.Findings,
            _ => ExitCode.Done,
        };
        return Kernel.Reports.Report.Of(report, () => MigrateJson.Default.LintReport, LintFormat.Of(report, call.Required(Format), choice.Folder), exit);
    }
}

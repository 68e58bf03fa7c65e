using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Reports;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Migrate.Fix;
using Lockkeeper.Migrate.Lint;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.Verbs;

/// <summary><c>lk migrate fix</c>.</summary>
internal static class FixVerb
{
    private static readonly Parameter PathName = new("path", ParameterKind.Text, "A migration file, or a folder of them; by default all migrations that no environment has applied") { Positional = true, ValueName = "PATH" };
    private static readonly Parameter Environment = new("env", ParameterKind.Text, "Look at what is pending in this environment, and ask its databases for keys, types and sizes") { ValueName = "NAME" };
    private static readonly Parameter Write = new("write", ParameterKind.Flag, "Change the files; without it the change is only shown");
    private static readonly Parameter NoProof = new("no-proof", ParameterKind.Flag, "Do not try the files on a shadow database");

    public static Verb Declare(IReadOnlyList<ILinter> linters, IReadOnlyList<IScriptFixer> fixers, TargetChoice targets) => new()
    {
        Path = "migrate fix",
        Summary = "rewrite what would stop an application into the sequence that does not",
        Details = "Takes what lint finds and writes the safe way in its place: an index CONCURRENTLY, constraints NOT VALID and validated after, NOT NULL by a validated check, a unique constraint by an index, a new type by a new column, changes of many rows in batches. "
            + "The statements of a fixed file commit one by one. The result is looked at by lint and tried on a shadow database beside the old file: what each does to others, and whether both make the same schema. "
            + "A file that some environment has applied stays as it is.",
        Effect = VerbEffect.Local,
        Parameters = [PathName, Environment, StandardParameters.Database, MigrateParameters.Since, Write, NoProof],
        Examples =
        [
            new VerbExample("lk migrate fix --env prod", "shows the safe way for what is pending in prod"),
            new VerbExample("lk migrate fix migrations/shop/0034_state.up.sql --write", "changes this file"),
        ],
        ReportType = () => MigrateJson.Default.FixReport,
        Handler = (call, cancel) => HandleAsync(linters, fixers, targets, call, cancel),
    };

    private static async Task<Report> HandleAsync(IReadOnlyList<ILinter> linters, IReadOnlyList<IScriptFixer> fixers, TargetChoice targets, VerbCall call, CancellationToken cancel)
    {
        var choice = new LintChoice(call.Workspace, call.Text(PathName), call.Text(Environment), call.Text(StandardParameters.Database), call.Text(MigrateParameters.Since));
        var results = new List<FixResult>();
        await foreach (var input in choice.InputsAsync(linters, targets, cancel))
        {
            var linter = linters.First(candidate => candidate.Engine == input.Database.Engine);
            var run = new FixRun(call.Workspace, targets, linter, fixers.First(candidate => candidate.Engine == input.Database.Engine), new LintPolicy(choice.Policy, linter.Rules));
            results.Add(await run.RunAsync(input, choice.Folder, choice.IsProject, call.Text(Environment), !call.Flag(NoProof), cancel));
        }

        var failed = results.SelectMany(result => result.Proof?.Files ?? []).Where(file => file.Error is not null).ToList();
        var written = call.Flag(Write) && failed.Count == 0;
        if (written)
        {
            foreach (var file in results.SelectMany(result => result.Files).Select(file => file.File).OfType<FixedFile>())
                await file.WriteAsync(cancel);
        }

        return FixText.Of(results, written, isAsked: call.Flag(Write));
    }
}

using System.Text;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Host.Reference;

/// <summary>docs/reference/verbs.md, made from the verbs' declarations.</summary>
public static class VerbsPage
{
    /// <summary>The page.</summary>
    /// <param name="verbs">Every verb; hidden ones are left out.</param>
    public static string Of(IReadOnlyList<Verb> verbs)
    {
        var shown = verbs.Where(verb => !verb.Hidden).ToArray();
        var page = new StringBuilder();
        page.Append("# Verbs\n\n<!-- Generated from the code: LK_UPDATE_GOLDEN=1 ./test ReferencePages -->\n\n");
        page.Append("| verb | what it does |\n|---|---|\n");
        foreach (var verb in shown)
            page.Append($"| [lk {verb.Path}](#{Anchor(verb)}) | {Markdown.Cell(verb.Summary)} |\n");
        Common(page);
        foreach (var verb in shown)
            Add(page, verb);
        return page.ToString();
    }

    private static void Common(StringBuilder page)
    {
        page.Append("\n## Of every verb\n\n");
        Parameters(page, [StandardParameters.Json, StandardParameters.Timeout, StandardParameters.Config]);
        page.Append(
            """

            Verbs that change a database also have:


            """);
        Parameters(page, [StandardParameters.Yes, StandardParameters.DryRun]);
        page.Append(
            """

            Exit codes: 0 done · 1 findings or drift · 2 wrong use · 3 failed, nothing changed · 4 failed, partly applied (the report says what) ·
            5 refused by policy, gate or approval.

            With `--json` standard output holds one object: `verb`, `exit`, and `data` (the report, schemas in [reports](reports)) or `error`
            (`code`, `message`, `hint`, `at` with `file`, `line` and `column`, `facts`, `others`). Progress goes to standard error.
            A first Ctrl-C or SIGTERM cancels the work and lets it end in order; a second one ends the process at once.
            `NO_COLOR` turns colours off, `LK_ACTOR` names who calls (by default the user of the operating system).

            """);
    }

    private static void Add(StringBuilder page, Verb verb)
    {
        page.Append($"\n## lk {verb.Path}\n\n{Sentence(verb.Summary)} {Effect(verb.Effect)}\n\n```\n{VerbUsage.Of(verb)}\n```\n");
        if (verb.Details.Length > 0)
            page.Append($"\n{verb.Details}\n");
        if (verb.Parameters.Count > 0)
        {
            page.Append('\n');
            Parameters(page, verb.Parameters);
        }

        if (verb.Examples.Count == 0)
            return;
        page.Append("\nExamples:\n\n```\n");
        foreach (var example in verb.Examples)
            page.Append($"# {example.Does}\n{example.CommandLine}\n");
        page.Append("```\n");
    }

    private static void Parameters(StringBuilder page, IReadOnlyList<Parameter> parameters)
    {
        page.Append("| parameter | meaning |\n|---|---|\n");
        foreach (var parameter in parameters)
            page.Append($"| `{ParameterText.Term(parameter)}` | {Markdown.Cell(ParameterText.Explanation(parameter))} |\n");
    }

    private static string Effect(VerbEffect effect) => effect switch
    {
        VerbEffect.Reads => "Reads only.",
        VerbEffect.Local => "Writes local files or servers of this machine, never a declared database.",
        _ => "Changes a declared database.",
    };

    private static string Sentence(string phrase) => char.ToUpperInvariant(phrase[0]) + phrase[1..] + ".";

    private static string Anchor(Verb verb) => $"lk-{verb.Path.Replace(' ', '-')}";
}

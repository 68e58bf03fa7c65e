using Lockkeeper.Cli.Rendering;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Cli.Help;

/// <summary>The help of the program, a group of verbs and a verb.</summary>
internal static class HelpPage
{
    /// <summary>Prose wider than this is hard to read, and a pipe has no width of its own.</summary>
    private const int WidestProse = 110;

    private static readonly Dictionary<string, string> Groups = new(StringComparer.Ordinal)
    {
        [""] = "General",
        ["migrate"] = "Schema migrations",
        ["sandbox"] = "Throw-away clusters on this machine",
        ["ledger"] = "The record of what ran",
    };

    /// <summary>Verbs of one word belong to no group and come first; the groups keep their order.</summary>
    private static readonly Comparer<string> GeneralFirst = Comparer<string>.Create((one, other) => Math.Min(one.Length, 1) - Math.Min(other.Length, 1));

    public static string Overview(IReadOnlyList<Verb> verbs, Terminal terminal)
    {
        var page = Page(terminal);
        page.Paragraph("Lockkeeper: databases as code, carried from dev to production.");
        page.Gap();
        page.Paragraph("Usage: lk VERB [options]");
        foreach (var group in verbs.Where(verb => !verb.Hidden).GroupBy(Group).OrderBy(group => group.Key, GeneralFirst))
        {
            page.Heading(Groups.GetValueOrDefault(group.Key, group.Key));
            page.Definitions([.. group.Select(verb => new Definition(verb.Path, verb.Summary))]);
        }

        page.Gap();
        page.Paragraph("'lk VERB --help' tells all about a verb; 'lk --version' tells the version.");
        return page.ToString();
    }

    public static string OfGroup(IReadOnlyList<Verb> verbs, string path, Terminal terminal)
    {
        var page = Page(terminal);
        page.Paragraph($"Usage: lk {path} VERB [options]");
        page.Heading(Groups.GetValueOrDefault(path, path));
        page.Definitions([.. verbs.Where(verb => verb.Path.StartsWith(path + " ", StringComparison.Ordinal)).Select(verb => new Definition(verb.Path, verb.Summary))]);
        page.Gap();
        page.Paragraph($"'lk {path} VERB --help' tells all about a verb.");
        return page.ToString();
    }

    public static string Of(Verb verb, Terminal terminal)
    {
        var page = Page(terminal);
        page.Paragraph($"lk {verb.Path}: {verb.Summary}");
        page.Gap();
        page.Paragraph($"Usage: {VerbUsage.Of(verb)}");
        if (verb.Details.Length > 0)
        {
            page.Gap();
            page.Paragraph(verb.Details);
        }

        Parameters(page, "Arguments", verb.Parameters.Where(parameter => parameter.Positional));
        Parameters(page, "Options", verb.Parameters.Where(parameter => !parameter.Positional));
        Parameters(page, "Common options", verb.AllParameters.Where(parameter => !verb.Parameters.Contains(parameter)));
        if (verb.Examples.Count > 0)
        {
            page.Heading("Examples");
            page.Definitions([.. verb.Examples.Select(example => new Definition(example.CommandLine, example.Does))]);
        }

        page.Heading("Exit codes");
        page.Definitions([.. ExitCodes(verb.Effect)]);
        return page.ToString();
    }

    private static string Group(Verb verb)
    {
        var space = verb.Path.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? "" : verb.Path[..space];
    }

    private static void Parameters(TextPage page, string title, IEnumerable<Parameter> parameters)
    {
        var rows = parameters.Select(parameter => new Definition(ParameterText.Term(parameter), ParameterText.Explanation(parameter))).ToArray();
        if (rows.Length == 0)
            return;
        page.Heading(title);
        page.Definitions(rows);
    }

    private static IEnumerable<Definition> ExitCodes(VerbEffect effect)
    {
        yield return new Definition("0", "done");
        yield return new Definition("1", "ran, and found something that needs attention");
        yield return new Definition("2", "wrong use: command line or configuration; nothing was started");
        yield return new Definition("3", "failed, and nothing was changed");
        if (effect == VerbEffect.Changes)
        {
            yield return new Definition("4", "failed after a part was applied; the report says what is in place");
            yield return new Definition("5", "refused by policy, gate or approval; nothing was changed");
        }
    }

    private static TextPage Page(Terminal terminal) =>
        new(terminal with { Width = Math.Min(terminal.Width ?? WidestProse, WidestProse) }, new Redactor());
}

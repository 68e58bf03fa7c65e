using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Reports;

namespace Lockkeeper.Cli.Rendering;

/// <summary>An error as text: code and message, the place in the input, facts, hint, then the other errors of the same input.</summary>
internal static class ErrorText
{
    public static string Of(LockkeeperException error, Terminal terminal, Redactor redactor)
    {
        var page = new TextPage(terminal, redactor);
        Add(page, error);
        foreach (var other in error.Others)
            Add(page, other);
        return page.ToString();
    }

    private static void Add(TextPage page, LockkeeperException error)
    {
        page.Paragraph($"{error.Code.Id}: {error.Message}", Tone.Bad);
        if (error.At is { } at)
            page.Paragraph($"at {at}", indent: 1);
        foreach (var fact in error.Facts)
            page.Paragraph($"{fact.Label}: {fact.Text.Replace("\n", "\n    ", StringComparison.Ordinal)}", indent: 1);
        if (error.Hint is not null)
            page.Paragraph($"HINT: {error.Hint}", Tone.Strong);
    }
}

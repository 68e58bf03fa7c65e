using System.CommandLine;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Cli.CommandLine;

/// <summary>Completes a command line that is still being typed; the shells' scripts ask for it.</summary>
internal static class CompletionLine
{
    /// <summary>First word of a request: after it come the words typed so far, the last one being incomplete (perhaps empty).</summary>
    public const string Directive = "[complete]";

    public static IReadOnlyList<string> Complete(IReadOnlyList<Verb> verbs, IReadOnlyList<string> words)
    {
        var incomplete = words.Count > 0 ? words[^1] : "";
        var tree = new CommandTree([.. verbs.Where(verb => !verb.Hidden)], words.Contains);
        // The incomplete word is left out: the parser would take it for a complete one.
        var line = tree.Root.Parse([.. words.SkipLast(1)]);
        return [.. line.GetCompletions()
            .Select(item => item.Label)
            .Where(label => label.StartsWith(incomplete, StringComparison.Ordinal) && label is not "-h")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];
    }
}

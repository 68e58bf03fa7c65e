using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Cli.Verbs;

/// <summary>The verbs that only the command line has: completion, reference.</summary>
internal static class CliVerbs
{
    /// <summary>Every verb of the command line, in the order of the help.</summary>
    public static IReadOnlyList<Verb> With(IReadOnlyList<Verb> verbs) => [.. verbs, Completion.Verb, Reference.Verb];
}

using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Cli;

/// <summary>The verbs that only the command line has.</summary>
internal static class CliVerbs
{
    /// <summary>Every verb of the command line.</summary>
    public static IReadOnlyList<Verb> With(IReadOnlyList<Verb> verbs) => verbs;
}

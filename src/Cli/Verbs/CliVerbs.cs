using Lockkeeper.Host;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server;
using Lockkeeper.Server.Verbs;

namespace Lockkeeper.Cli.Verbs;

/// <summary>The verbs that only the command line has: those of the server and of agents, completion, reference.</summary>
internal static class CliVerbs
{
    /// <summary>Every error code of the program, by number.</summary>
    public static IReadOnlyList<ErrorCode> Errors { get; } = [.. Registry.Errors, .. ServerErrors.All];

    /// <summary>Every verb of the command line, in the order of the help.</summary>
    public static IReadOnlyList<Verb> With(IReadOnlyList<Verb> verbs) => [.. ServerVerbs.With(verbs), Completion.Verb, Reference.Verb];
}

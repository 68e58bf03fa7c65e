using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Server.Verbs;

/// <summary>The verbs of the server: proposals, <c>serve</c> and <c>mcp</c>.</summary>
public static class ServerVerbs
{
    /// <summary>The verbs of the program with those of the server, in the order of the help.</summary>
    /// <param name="verbs">The verbs of the duties.</param>
    public static IReadOnlyList<Verb> With(IReadOnlyList<Verb> verbs)
    {
        IReadOnlyList<Verb> offered = [.. verbs, .. ProposalVerbs.Declare(verbs), ReviewVerb.Declare(verbs)];
        return [.. offered, ServeVerb.Declare(offered), McpVerb.Declare(offered)];
    }
}

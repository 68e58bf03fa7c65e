using Lockkeeper.Engines.PostgreSql.Sandbox.Verbs;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>The verbs about sandbox clusters: sandbox up, run, down, list.</summary>
public static class SandboxVerbs
{
    /// <summary>All of them, in the order of the help.</summary>
    public static IReadOnlyList<Verb> All { get; } = [Up.Verb, Run.Verb, Down.Verb, List.Verb];
}

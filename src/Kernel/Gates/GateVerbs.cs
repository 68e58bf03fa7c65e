using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Gates;

/// <summary>The verbs about gates: approve.</summary>
public static class GateVerbs
{
    /// <summary>All of them, in the order of the help.</summary>
    public static IReadOnlyList<Verb> All { get; } = [Verbs.Approve.Verb];
}

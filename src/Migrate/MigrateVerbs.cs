using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Migrate;

/// <summary>The verbs of the Migrate duty.</summary>
public static class MigrateVerbs
{
    /// <summary>All of them, in the order of the help.</summary>
    public static IReadOnlyList<Verb> All { get; } = [];
}

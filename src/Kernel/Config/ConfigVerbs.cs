using Lockkeeper.Kernel.Config.Verbs;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Config;

/// <summary>The verbs about the configuration: init, schema.</summary>
public static class ConfigVerbs
{
    /// <summary>All of them, in the order of the help.</summary>
    public static IReadOnlyList<Verb> All { get; } = [Init.Verb, Schema.Verb];
}

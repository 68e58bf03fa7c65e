using Lockkeeper.Kernel.Verbs;

#pragma warning disable RS0030 // This is the one home of the process's own environment variables.

namespace Lockkeeper.Host;

/// <summary>The environment variables of this process.</summary>
public sealed class ProcessEnvironment : IEnvironment
{
    /// <inheritdoc/>
    public string? Get(string name) => Environment.GetEnvironmentVariable(name);
}

using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sandbox;

/// <summary>The error codes of sandbox clusters, 2300 to 2399.</summary>
public static class SandboxErrors
{
    /// <summary>All codes of this range, in order.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } = [];
}

using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>The error codes of reading and comparing schemas, 2200 to 2299.</summary>
public static class SchemaErrors
{
#pragma warning disable CS1591 // Each field's meaning is its first argument's neighbour.
    public static readonly ErrorCode KeepsChanging = new(2200, "The schema was changed by somebody else each time that it was read.");
    public static readonly ErrorCode SnapshotUnreadable = new(2201, "A stored schema snapshot cannot be read.");
#pragma warning restore CS1591

    /// <summary>All codes of this range, in order.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } = [KeepsChanging, SnapshotUnreadable];
}

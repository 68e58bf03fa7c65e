using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Provision;

/// <summary>The error codes of clusters in a managed service, 4120 to 4139.</summary>
public static class ManagedErrors
{
#pragma warning disable CS1591 // Each field's meaning is its first argument's neighbour.
    public static readonly ErrorCode NotOurs = new(4120, "What the declaration names in the cloud belongs to somebody else.", ExitCode.Refused);
    public static readonly ErrorCode Unusable = new(4121, "A cloud instance is in a state that it does not leave by itself.");
    public static readonly ErrorCode WaitedTooLong = new(4122, "The cloud did not make its changes within the time limit.");
    public static readonly ErrorCode NoCapacity = new(4123, "The cloud has no room for such an instance now.");
    public static readonly ErrorCode BadServiceParameter = new(4124, "A parameter or its value is not one that the cloud's service takes.", ExitCode.WrongUse);
    public static readonly ErrorCode NotThere = new(4125, "There is no cloud instance of this name.", ExitCode.WrongUse);
#pragma warning restore CS1591

    /// <summary>All codes of this range, in order.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } = [NotOurs, Unusable, WaitedTooLong, NoCapacity, BadServiceParameter, NotThere];
}

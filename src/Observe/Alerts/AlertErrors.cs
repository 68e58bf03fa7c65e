using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Observe.Alerts;

/// <summary>The error codes of alerts and of what they stand on, 6100 to 6199.</summary>
public static class AlertErrors
{
#pragma warning disable CS1591 // Each field's meaning is its first argument's neighbour.
    public static readonly ErrorCode UnknownRule = new(6100, "There is no such alert rule.", ExitCode.WrongUse);
    public static readonly ErrorCode BadRule = new(6101, "An alert rule of the project cannot be understood.", ExitCode.WrongUse);
    public static readonly ErrorCode HistoryUnusable = new(6102, "The file of the history cannot be used.");
    public static readonly ErrorCode NotTaken = new(6103, "A receiver has not taken a message about alerts.");
    public static readonly ErrorCode NothingWatches = new(6105, "Nothing watches the databases of this project.");
#pragma warning restore CS1591

    /// <summary>All codes of this range, in order.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } = [UnknownRule, BadRule, HistoryUnusable, NotTaken, NothingWatches];
}

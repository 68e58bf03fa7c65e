using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Observe;

/// <summary>The error codes of what is collected and exported, 6000 to 6099.</summary>
public static class ObserveErrors
{
#pragma warning disable CS1591 // Each field's meaning is its first argument's neighbour.
    public static readonly ErrorCode NothingToObserve = new(6000, "The project declares nothing that can be observed.", ExitCode.WrongUse);
    public static readonly ErrorCode TargetDown = new(6001, "A target that is observed does not answer or does not let the role in.");
    public static readonly ErrorCode NothingNoted = new(6002, "Nothing was noted around a deploy.");
    public static readonly ErrorCode PrometheusUnusable = new(6003, "The Prometheus that the project names does not answer as one.");
#pragma warning restore CS1591

    /// <summary>All codes of this range, in order.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } = [NothingToObserve, TargetDown, NothingNoted, PrometheusUnusable];
}

namespace Lockkeeper.Observe.History;

/// <summary>How much of the past is kept.</summary>
/// <param name="Raw">How long values stay as they were read. Default 6 h.</param>
/// <param name="Minutes">How long one value a minute stays. Default 7 d.</param>
/// <param name="TenMinutes">How long one value in ten minutes stays. Default 90 d.</param>
/// <param name="MostBytes">How large all of it may become; past it the oldest goes first. Default 1 GiB.</param>
public sealed record HistoryLimits(TimeSpan Raw, TimeSpan Minutes, TimeSpan TenMinutes, long MostBytes)
{
    /// <summary>The defaults.</summary>
    public static HistoryLimits Default { get; } = new(TimeSpan.FromHours(6), TimeSpan.FromDays(7), TimeSpan.FromDays(90), 1L << 30);
}

/// <summary>One of the resolutions that the history is kept in.</summary>
/// <param name="Resolution">The distance of values in milliseconds; 0 for as they were read.</param>
/// <param name="Window">How much time one block holds in the end, in milliseconds.</param>
internal sealed record HistoryLevel(long Resolution, long Window)
{
    /// <summary>From the finest to the coarsest; the blocks of a level are thinned into the next when their window is over.</summary>
    public static IReadOnlyList<HistoryLevel> All { get; } = [new(0, 600_000), new(60_000, 3_600_000), new(600_000, 86_400_000)];

    public TimeSpan Kept(HistoryLimits limits) => Resolution switch { 0 => limits.Raw, 60_000 => limits.Minutes, _ => limits.TenMinutes };
}

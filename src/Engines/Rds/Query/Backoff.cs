namespace Lockkeeper.Engines.Rds.Query;

/// <summary>How long to wait before a call is tried again: full jitter, so that many callers that were throttled together do not come back together.</summary>
/// <remarks>Source: AWS Architecture Blog, "Exponential Backoff And Jitter".</remarks>
internal static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan Most = TimeSpan.FromSeconds(20);

    /// <summary>The wait.</summary>
    /// <param name="tries">How many tries there were.</param>
    /// <param name="random">A number from 0 to 1.</param>
    public static TimeSpan After(int tries, double random) => random * TimeSpan.FromTicks((long)Math.Min(Most.Ticks, First.Ticks * Math.Pow(2, Math.Min(tries - 1, 20))));
}

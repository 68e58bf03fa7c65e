namespace Lockkeeper.Observe.Regressions;

/// <summary>A statement that has become slower, as numbers say.</summary>
/// <param name="Key">The statement.</param>
/// <param name="Before">What it did before.</param>
/// <param name="After">What it has done since.</param>
/// <param name="TimeRatio">How many times as long a call takes.</param>
/// <param name="BlocksRatio">How many times as many blocks a call touches.</param>
/// <param name="RowsRatio">How many times as many rows a call gives.</param>
internal sealed record SlowerStatement(StatementKey Key, StatementNumbers Before, StatementNumbers After, double TimeRatio, double BlocksRatio, double RowsRatio)
{
    /// <summary>Time that has been spent in excess of what it took before.</summary>
    public double ExcessSeconds => (After.MeanSeconds - Before.MeanSeconds) * After.Calls;
}

/// <summary>Compares what statements did before a deploy and after it.</summary>
/// <remarks>
/// Time alone depends on the load of the machine, on caches and on what else runs. Blocks a call do not: they change with the plan, and with the data. So a statement counts as slower when a call takes
/// longer and touches more blocks than its rows explain, when it touches very many more, or when it takes very much longer. Floors keep what nobody would notice out.
/// </remarks>
internal static class RegressionSearch
{
    /// <summary>Fewer calls than this are an accident.</summary>
    public const int FewestCalls = 10;

    /// <summary>A call must take so many times as long, when blocks say the same.</summary>
    public const double LeastTimeRatio = 1.3;

    /// <summary>A call must take so many times as long, when time alone says it.</summary>
    public const double LeastTimeRatioAlone = 3;

    /// <summary>And so much time must have been spent in excess: one call that had bad luck makes a mean that says nothing.</summary>
    public const double LeastExcessSecondsAlone = 1;

    /// <summary>A call must touch so many times as many blocks, for each row that it gives.</summary>
    public const double LeastBlocksRatio = 1.5;

    /// <summary>And so many more of them: a few more are a page split.</summary>
    public const double FewestMoreBlocks = 5;

    /// <summary>With so many times as many blocks for the same rows nothing else need be asked.</summary>
    public const double LeastBlocksRatioAlone = 3;

    /// <summary>And so many more of them.</summary>
    public const double FewestMoreBlocksAlone = 50;

    /// <summary>A call must take so much longer, or nobody notices.</summary>
    public const double LeastMoreSeconds = 0.0001;

    /// <summary>And so much time must have been spent in excess, or one call among a few that had to wait for its turn would speak for all of them.</summary>
    public const double LeastExcessSeconds = 0.05;

    /// <summary>The statements that have become slower, the one that cost most in excess first.</summary>
    /// <param name="before">The window before.</param>
    /// <param name="after">The window after.</param>
    /// <param name="keys">What each id stands for; ids of the same text count together.</param>
    public static IReadOnlyList<SlowerStatement> Find(WorkloadWindow before, WorkloadWindow after, IReadOnlyDictionary<string, StatementKey> keys)
    {
        var (old, now) = (ByKey(before, keys), ByKey(after, keys));
        var found = new List<SlowerStatement>();
        foreach (var (key, numbers) in now)
        {
            if (old.TryGetValue(key, out var earlier) && earlier.Calls >= FewestCalls && numbers.Calls >= FewestCalls)
                found.Add(new SlowerStatement(key, earlier, numbers, numbers.MeanSeconds / Math.Max(earlier.MeanSeconds, 1e-9), (numbers.BlocksPerCall + 1) / (earlier.BlocksPerCall + 1), (numbers.RowsPerCall + 1) / (earlier.RowsPerCall + 1)));
        }

        var usual = Usual(found);
        return [.. found.Where(one => IsSlower(one, usual)).OrderByDescending(one => one.ExcessSeconds)];
    }

    /// <summary>How much slower the middle statement has become: a busy machine slows all of them down, a deploy only some.</summary>
    private static double Usual(List<SlowerStatement> all)
    {
        var ratios = all.Where(one => one.BlocksRatio < LeastBlocksRatio).Select(one => one.TimeRatio).Order().ToList();
        return ratios.Count < 3 ? 1 : Math.Max(1, ratios[ratios.Count / 2]);
    }

    private static bool IsSlower(SlowerStatement one, double usual)
    {
        var (time, explained) = (one.TimeRatio / usual, Math.Max(one.RowsRatio, 1));
        var (ratio, more) = (one.BlocksRatio / explained, one.After.BlocksPerCall - one.Before.BlocksPerCall * explained);
        // Time measured on a busy machine says little, and blocks do not depend on it.
        if (ratio >= LeastBlocksRatioAlone && more >= FewestMoreBlocksAlone)
            return true;
        if (one.After.MeanSeconds - one.Before.MeanSeconds * usual < LeastMoreSeconds || one.ExcessSeconds < LeastExcessSeconds)
            return false;
        return (ratio >= LeastBlocksRatio && more >= FewestMoreBlocks && time >= LeastTimeRatio) || (time / explained >= LeastTimeRatioAlone && one.ExcessSeconds >= LeastExcessSecondsAlone);
    }

    private static Dictionary<StatementKey, StatementNumbers> ByKey(WorkloadWindow window, IReadOnlyDictionary<string, StatementKey> keys)
    {
        var sums = new Dictionary<StatementKey, StatementNumbers>();
        foreach (var (id, numbers) in window.Statements)
        {
            if (keys.TryGetValue(id, out var key))
                sums[key] = sums.TryGetValue(key, out var other) ? other.Plus(numbers) : numbers;
        }

        return sums;
    }
}

using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.History;

/// <summary>Puts blocks one behind the other, and thins what comes out, series by series.</summary>
internal static class BlockMerge
{
    /// <summary>What has become of blocks.</summary>
    /// <param name="Joined">All of them in one.</param>
    /// <param name="First">The first moment of it.</param>
    /// <param name="Last">The last one.</param>
    /// <param name="Thinned">The same with one value for each span; null when no span was given.</param>
    /// <param name="ThinnedFirst">The first moment of that.</param>
    /// <param name="ThinnedLast">The last one.</param>
    public sealed record Result(byte[] Joined, long First, long Last, byte[]? Thinned, long ThinnedFirst, long ThinnedLast);

    /// <summary>Puts them together.</summary>
    /// <param name="blocks">In the order of time; none is empty.</param>
    /// <param name="span">Milliseconds of the thinned block, whose spans begin at multiples of it; null for none. A span has the last value of a counter, the mean of a gauge; a series without a value in it is absent there.</param>
    /// <param name="isCounter">Tells counters by the number of their series.</param>
    public static Result Of(IReadOnlyList<BlockReader> blocks, long? span, Func<long, bool> isCounter)
    {
        var times = blocks.SelectMany(block => block.Times).ToArray();
        var groups = span is { } wide ? Groups(times, wide) : [];
        using var joined = new BlockWriter(times);
        using var thinned = span is null ? null : new BlockWriter([.. groups.Select(group => times[group.To])]);
        var (values, means) = (new double[times.Length], new double[groups.Count]);
        foreach (var series in Series(blocks, values))
        {
            joined.Add(series, values);
            if (thinned is null)
                continue;
            var counts = isCounter(series);
            for (var i = 0; i < means.Length; i++)
                means[i] = counts ? Last(values, groups[i]) : Mean(values, groups[i]);
            thinned.Add(series, means);
        }

        return new Result(joined.Finish(), times[0], times[^1], thinned?.Finish(), groups.Count == 0 ? 0 : times[groups[0].To], groups.Count == 0 ? 0 : times[groups[^1].To]);
    }

    /// <summary>The numbers of all series, rising, each with its values in the array.</summary>
    private static IEnumerable<long> Series(IReadOnlyList<BlockReader> blocks, double[] values)
    {
        var places = new int[blocks.Count];
        for (var i = 1; i < places.Length; i++)
            places[i] = places[i - 1] + blocks[i - 1].Times.Length;
        var next = new PriorityQueue<int, long>();
        for (var i = 0; i < blocks.Count; i++)
            Advance(i);
        while (next.TryPeek(out _, out var series))
        {
            Array.Fill(values, Point.Stale);
            while (next.TryPeek(out var i, out var number) && number == series)
            {
                next.Dequeue();
                blocks[i].Values.CopyTo(values.AsSpan(places[i]));
                Advance(i);
            }

            yield return series;
        }

        void Advance(int i)
        {
            if (blocks[i].Next())
                next.Enqueue(i, blocks[i].Series);
        }
    }

    private static List<(int From, int To)> Groups(long[] times, long span)
    {
        var groups = new List<(int From, int To)>();
        for (var i = 0; i < times.Length; i++)
        {
            if (groups.Count == 0 || times[groups[^1].From] / span != times[i] / span)
                groups.Add((i, i));
            groups[^1] = (groups[^1].From, i);
        }

        return groups;
    }

    private static bool IsStale(double value) => new Point(0, value).IsStale;

    private static double Last(double[] all, (int From, int To) group)
    {
        for (var i = group.To; i >= group.From; i--)
        {
            if (!IsStale(all[i]))
                return all[i];
        }

        return Point.Stale;
    }

    private static double Mean(double[] all, (int From, int To) group)
    {
        var (sum, count) = (0.0, 0);
        for (var i = group.From; i <= group.To; i++)
        {
            if (IsStale(all[i]))
                continue;
            sum += all[i];
            count++;
        }

        return count == 0 ? Point.Stale : sum / count;
    }
}

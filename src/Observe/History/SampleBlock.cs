namespace Lockkeeper.Observe.History;

/// <summary>The values of many series at the same moments.</summary>
/// <param name="Times">Milliseconds since 1970, rising.</param>
/// <param name="Values">By the number of the series, a value for each moment; <see cref="Query.Point.Stale"/> where the series was not there.</param>
internal sealed record SampleBlock(long[] Times, IReadOnlyDictionary<long, double[]> Values)
{
    /// <summary>Puts blocks one behind the other.</summary>
    /// <param name="blocks">In the order of time.</param>
    public static SampleBlock Join(IReadOnlyList<SampleBlock> blocks)
    {
        if (blocks.Count == 1)
            return blocks[0];
        var times = blocks.SelectMany(block => block.Times).ToArray();
        var values = new Dictionary<long, double[]>();
        var at = 0;
        foreach (var block in blocks)
        {
            foreach (var (series, some) in block.Values)
            {
                if (!values.TryGetValue(series, out var all))
                {
                    values[series] = all = new double[times.Length];
                    Array.Fill(all, Query.Point.Stale);
                }

                some.CopyTo(all, at);
            }

            at += block.Times.Length;
        }

        return new SampleBlock(times, values);
    }

    /// <summary>One value for each span of time: the last one of a counter, the mean of a gauge. A series without a value in a span is absent there.</summary>
    /// <param name="span">Milliseconds; spans begin at multiples of it.</param>
    /// <param name="isCounter">Tells counters by the number of their series.</param>
    public SampleBlock Thin(long span, Func<long, bool> isCounter)
    {
        var groups = new List<(int From, int To)>();
        for (var i = 0; i < Times.Length; i++)
        {
            if (groups.Count == 0 || Times[groups[^1].From] / span != Times[i] / span)
                groups.Add((i, i));
            groups[^1] = (groups[^1].From, i);
        }

        var values = new Dictionary<long, double[]>(Values.Count);
        foreach (var (series, all) in Values)
            values[series] = [.. groups.Select(group => isCounter(series) ? Last(all, group) : Mean(all, group))];
        return new SampleBlock([.. groups.Select(group => Times[group.To])], values);
    }

    private static bool IsStale(double value) => new Query.Point(0, value).IsStale;

    private static double Last(double[] all, (int From, int To) group)
    {
        for (var i = group.To; i >= group.From; i--)
        {
            if (!IsStale(all[i]))
                return all[i];
        }

        return Query.Point.Stale;
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

        return count == 0 ? Query.Point.Stale : sum / count;
    }
}

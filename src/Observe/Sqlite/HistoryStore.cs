using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Query;

namespace Lockkeeper.Observe.Sqlite;

/// <summary>Keeps what was observed, in a file of bounded size: as it was read for hours, then a value a minute, then one in ten minutes.</summary>
/// <remarks>Each scrape is written at once, so a crash loses nothing that was read; when a window of time is over, its scrapes become one block. Failures are those of the file.</remarks>
/// <param name="file">The file; it is closed with this.</param>
/// <param name="limits">How much is kept.</param>
/// <param name="isCounter">Tells counters by the name of their metric.</param>
internal sealed class HistoryStore(BlockFile file, HistoryLimits limits, Func<string, bool> isCounter) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, KnownSeries> known = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Owner, long Resolution), long> mergedTo = [];

    /// <summary>The size of all that is kept, in bytes.</summary>
    public long Size
    {
        get
        {
            lock (gate)
                return file.Size;
        }
    }

    /// <summary>Writes what a scrape has read.</summary>
    /// <param name="owner">The target.</param>
    /// <param name="time">Milliseconds since 1970.</param>
    /// <param name="samples">All of it; a series that is missing has ended.</param>
    public void Append(string owner, long time, IEnumerable<VectorSample> samples)
    {
        lock (gate)
        {
            try
            {
                file.Together(() => Write(owner, time, samples));
            }
            catch
            {
                // The numbers that new series were given are not in the file.
                known.Remove(owner);
                throw;
            }
        }
    }

    /// <summary>Puts scrapes of past windows together, thins what is older, and removes what is too old or too much. To be called once a minute.</summary>
    /// <param name="now">Milliseconds since 1970.</param>
    public void Maintain(long now)
    {
        lock (gate)
        {
            foreach (var owner in file.Owners())
            {
                for (var level = 0; level < HistoryLevel.All.Count; level++)
                    Merge(owner, level, now);
            }

            var removed = HistoryLevel.All.Sum(level => file.RemoveBefore(level.Resolution, now - (long)level.Kept(limits).TotalMilliseconds));
            while (file.Size > limits.MostBytes && file.RemoveOldest(64) is > 0 and var some)
                removed += some;
            if (removed > 0)
                file.Shrink();
        }
    }

    /// <summary>The series of a time in a resolution: the coarsest one that is not coarser than what is asked for, and finer ones where it does not reach.</summary>
    /// <param name="step">The distance of values that is enough, in milliseconds; 0 for all there is.</param>
    public ISeriesSource Source(long step = 0) => new StoredSource(this, step);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private void Write(string owner, long time, IEnumerable<VectorSample> samples)
    {
        var series = Of(owner);
        var values = new Dictionary<long, double[]>();
        foreach (var sample in samples)
            values[series.Number(sample.Labels, file)] = [sample.Value];
        file.Write(new StoredBlock(owner, 0, time, time, BlockCodec.Encode(new SampleBlock([time], values))));
    }

    private KnownSeries Of(string owner)
    {
        if (!known.TryGetValue(owner, out var series))
            known[owner] = series = new KnownSeries(owner, file.Series(owner));
        return series;
    }

    private void Merge(string owner, int at, long now)
    {
        var level = HistoryLevel.All[at];
        var end = now / level.Window * level.Window;
        var begin = mergedTo.GetValueOrDefault((owner, level.Resolution), now - (long)level.Kept(limits).TotalMilliseconds) / level.Window * level.Window;
        for (var window = begin; window < end; window += level.Window)
        {
            var blocks = file.Read(owner, level.Resolution, window, window + level.Window - 1).Where(block => block.From >= window).ToList();
            if (blocks.Count > 0)
                file.Together(() => Merge(owner, at, blocks));
            mergedTo[(owner, level.Resolution)] = window + level.Window;
        }
    }

    private void Merge(string owner, int at, List<StoredBlock> blocks)
    {
        var level = HistoryLevel.All[at];
        var joined = SampleBlock.Join([.. blocks.Select(block => BlockCodec.Decode(block.Content))]);
        if (blocks.Count > 1)
        {
            foreach (var block in blocks)
                file.Remove(block);
            file.Write(new StoredBlock(owner, level.Resolution, joined.Times[0], joined.Times[^1], BlockCodec.Encode(joined)));
        }

        if (at + 1 == HistoryLevel.All.Count)
            return;
        var next = HistoryLevel.All[at + 1];
        var series = Of(owner);
        var thin = joined.Thin(next.Resolution, number => series.Labels(number) is { } labels && isCounter(labels.Metric));
        file.Write(new StoredBlock(owner, next.Resolution, thin.Times[0], thin.Times[^1], BlockCodec.Encode(thin)));
    }

    private IEnumerable<Series> Select(SeriesSelector selector, long from, long to, long step)
    {
        lock (gate)
        {
            var owners = selector.Matchers.FirstOrDefault(matcher => matcher is { Label: "target", Kind: MatchKind.Equal }) is { } one ? [one.Value] : file.Owners();
            return [.. owners.SelectMany(owner => Select(owner, selector, from, to, step))];
        }
    }

    private List<Series> Select(string owner, SeriesSelector selector, long from, long to, long step)
    {
        var series = Of(owner);
        var wanted = series.Where(selector);
        if (wanted.Count == 0)
            return [];
        var points = wanted.ToDictionary(one => one.Number, _ => new List<Point>());
        var levels = HistoryLevel.All;
        var first = levels.Count - 1;
        while (first > 0 && levels[first].Resolution > step)
            first--;
        // What the level asked for does not have: what is older stands in the coarser ones, what is newer in the finer ones.
        var (begin, end) = Read(owner, levels[first], from, to, points) ?? (to + 1, from);
        for (var level = first + 1; level < levels.Count; level++)
            begin = Read(owner, levels[level], from, Math.Min(begin - 1, to), points)?.First ?? begin;
        for (var level = first - 1; level >= 0; level--)
            end = Read(owner, levels[level], Math.Max(end, from), to, points)?.Last ?? end;
        foreach (var list in points.Values)
            Tidy(list);
        return [.. wanted.Where(one => points[one.Number].Count > 0).Select(one => new Series(one.Labels, points[one.Number]))];
    }

    /// <summary>Reads the points after a moment up to and with another; null when the level has none there.</summary>
    private (long First, long Last)? Read(string owner, HistoryLevel level, long from, long to, Dictionary<long, List<Point>> points)
    {
        (long First, long Last)? there = null;
        foreach (var block in file.Read(owner, level.Resolution, from + 1, to))
        {
            var content = BlockCodec.Decode(block.Content);
            for (var i = 0; i < content.Times.Length; i++)
            {
                var time = content.Times[i];
                if (time <= from || time > to)
                    continue;
                foreach (var (number, list) in points)
                    list.Add(new Point(time, content.Values.TryGetValue(number, out var values) ? values[i] : Point.Stale));
                there = (there?.First ?? time, time);
            }
        }

        return there;
    }

    /// <summary>Puts points in order, and leaves one of several ends of a series that follow each other.</summary>
    private static void Tidy(List<Point> points)
    {
        points.Sort((one, other) => one.Time.CompareTo(other.Time));
        var kept = 0;
        for (var i = 0; i < points.Count; i++)
        {
            if (points[i].IsStale && (kept == 0 || points[kept - 1].IsStale))
                continue;
            points[kept++] = points[i];
        }

        points.RemoveRange(kept, points.Count - kept);
    }

    private sealed class StoredSource(HistoryStore store, long step) : ISeriesSource
    {
        public IEnumerable<Series> Select(SeriesSelector selector, long from, long to) => store.Select(selector, from, to, step);
    }

    /// <summary>The series of an owner and their numbers, as the file has them.</summary>
    private sealed class KnownSeries
    {
        private readonly string owner;
        private readonly Dictionary<LabelSet, long> numbers = [];
        private readonly Dictionary<long, LabelSet> labels = [];
        private readonly Dictionary<string, List<LabelSet>> byMetric = new(StringComparer.Ordinal);

        public KnownSeries(string owner, Dictionary<string, long> stored)
        {
            this.owner = owner;
            foreach (var (text, number) in stored)
                Add(LabelText.Read(text), number);
        }

        public long Number(LabelSet set, BlockFile file)
        {
            if (numbers.TryGetValue(set, out var number))
                return number;
            number = file.AddSeries(owner, LabelText.Write(set));
            Add(set, number);
            return number;
        }

        public LabelSet? Labels(long number) => labels.GetValueOrDefault(number);

        public List<(long Number, LabelSet Labels)> Where(SeriesSelector selector)
        {
            var candidates = selector.Metric is { } metric ? byMetric.GetValueOrDefault(metric) ?? [] : labels.Values.AsEnumerable();
            return [.. candidates.Where(selector.Holds).Select(set => (numbers[set], set))];
        }

        private void Add(LabelSet set, long number)
        {
            numbers[set] = number;
            labels[number] = set;
            if (!byMetric.TryGetValue(set.Metric, out var list))
                byMetric[set.Metric] = list = [];
            list.Add(set);
        }
    }
}

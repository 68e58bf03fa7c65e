using System.Runtime.InteropServices;
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
    public void Append(string owner, long time, ScrapedRows samples)
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
            while (file.Size > limits.MostBytes && file.RemoveOldest(1) is > 0 and var some)
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

    private void Write(string owner, long time, ScrapedRows samples)
    {
        var series = Of(owner);
        var (rows, values) = (new List<long>(), new List<double>());
        using var block = new BlockWriter([time]);
        foreach (var (metric, name) in samples.Metrics.Select(name => (Number: series.Metric(name, file), name)).OrderBy(one => one.Number))
        {
            rows.Clear();
            values.Clear();
            foreach (var (row, value) in samples[name])
            {
                rows.Add(series.Row(row, file));
                values.Add(value);
            }

            var order = CollectionsMarshal.AsSpan(rows);
            var sorted = CollectionsMarshal.AsSpan(values);
            order.Sort(sorted);
            for (var i = 0; i < order.Length; i++)
            {
                if (i == 0 || order[i] != order[i - 1])
                    block.Add(metric | order[i], sorted.Slice(i, 1));
            }
        }

        file.Write(owner, 0, time, time, block.Finish());
    }

    private KnownSeries Of(string owner)
    {
        if (!known.TryGetValue(owner, out var series))
            known[owner] = series = new KnownSeries(owner, file);
        return series;
    }

    private void Merge(string owner, int at, long now)
    {
        var level = HistoryLevel.All[at];
        var end = now / level.Window * level.Window;
        var begin = mergedTo.GetValueOrDefault((owner, level.Resolution), now - (long)level.Kept(limits).TotalMilliseconds) / level.Window * level.Window;
        for (var window = begin; window < end; window += level.Window)
        {
            var blocks = file.Blocks(owner, level.Resolution, window, window + level.Window - 1).Where(block => block.From >= window).ToList();
            if (blocks.Count > 0)
                file.Together(() => Merge(owner, at, blocks));
            mergedTo[(owner, level.Resolution)] = window + level.Window;
        }
    }

    private void Merge(string owner, int at, List<StoredBlock> blocks)
    {
        var level = HistoryLevel.All[at];
        var next = at + 1 < HistoryLevel.All.Count ? HistoryLevel.All[at + 1] : null;
        if (blocks.Count == 1 && next is null)
            return;
        var series = Of(owner);
        var readers = new List<BlockReader>();
        BlockMerge.Result merged;
        try
        {
            foreach (var block in blocks)
                readers.Add(new BlockReader(file.Content(block)));
            merged = BlockMerge.Of(readers, next?.Resolution, number => series.NameOf(number) is { } name && isCounter(name));
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }

        if (blocks.Count > 1)
        {
            blocks.ForEach(file.Remove);
            file.Write(owner, level.Resolution, merged.First, merged.Last, merged.Joined);
        }

        if (next is not null)
            file.Write(owner, next.Resolution, merged.ThinnedFirst, merged.ThinnedLast, merged.Thinned!);
    }

    private IEnumerable<Series> Select(SeriesSelector selector, long from, long to, long step)
    {
        lock (gate)
        {
            var owners = selector.Matchers.FirstOrDefault(matcher => matcher is { Label: "target", Kind: MatchKind.Equal }) is { } one ? [one.Value] : file.Owners();
            return [.. owners.SelectMany(owner => Select(owner, selector, from, to, step))];
        }
    }

    private IEnumerable<Series> Select(string owner, SeriesSelector selector, long from, long to, long step)
    {
        var series = Of(owner);
        if (selector.Metric is { } metric && series.Metric(metric) == 0)
            return [];
        var points = new SelectedPoints(series, selector);
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
        return points.Series();
    }

    /// <summary>Reads the points after a moment up to and with another; null when the level has none there.</summary>
    private (long First, long Last)? Read(string owner, HistoryLevel level, long from, long to, SelectedPoints points)
    {
        (long First, long Last)? there = null;
        foreach (var block in file.Blocks(owner, level.Resolution, from + 1, to))
        {
            using var reader = new BlockReader(file.Content(block));
            if (points.Take(reader, from, to) is { } taken)
                there = (there?.First ?? taken.First, taken.Last);
        }

        return there;
    }

    private sealed class StoredSource(HistoryStore store, long step) : ISeriesSource
    {
        public IEnumerable<Series> Select(SeriesSelector selector, long from, long to) => store.Select(selector, from, to, step);
    }
}

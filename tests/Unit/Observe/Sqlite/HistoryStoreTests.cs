using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Query;
using Lockkeeper.Observe.Sqlite;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Observe.Sqlite;

public sealed class HistoryStoreTests : IDisposable
{
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;
    private static readonly long Start = 1_700_000_000_000 / (24 * Hour) * (24 * Hour);
    private readonly string folder = Directory.CreateTempSubdirectory("lk-history-").FullName;

    private string Path => System.IO.Path.Combine(folder, "observe.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void a_block_comes_back_bit_by_bit() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(ArbMap.Default.ArbFor<(PositiveInt Count, double[] Values, long[] Whole)>(), input =>
        {
            var count = input.Count.Get % 20 + 1;
            double At(double[] from, int i) => from.Length == 0 ? Point.Stale : from[i % from.Length];
            long[] times = [.. Enumerable.Range(0, count).Select(i => Start + i * 15_000L)];
            var series = new SortedDictionary<long, double[]>
            {
                [1] = [.. Enumerable.Range(0, count).Select(i => At(input.Values, i))],
                [7] = [.. Enumerable.Range(0, count).Select(i => At([.. input.Whole.Select(whole => (double)whole)], i))],
                [900] = [.. Enumerable.Repeat(-0.0, count)],
                [901] = [.. Enumerable.Range(0, count).Select(i => i % 2 == 0 ? double.NaN : double.NegativeInfinity)],
                [1L << 50] = [.. Enumerable.Repeat(12.0, count)],
            };
            using var writer = new BlockWriter(times);
            foreach (var (number, values) in series)
                writer.Add(number, values);
            using var reader = new BlockReader(new MemoryStream(writer.Finish()));
            reader.Times.ShouldBe(times);
            foreach (var (number, values) in series)
            {
                reader.Next().ShouldBeTrue();
                reader.Series.ShouldBe(number);
                reader.Values.ToArray().Select(BitConverter.DoubleToInt64Bits).ShouldBe(values.Select(BitConverter.DoubleToInt64Bits));
            }

            reader.Next().ShouldBeFalse();
        }));

    [Fact]
    public void damaged_blocks_are_refused_and_do_not_take_memory() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => Should.Throw<Exception>(() =>
        {
            using var reader = new BlockReader(new MemoryStream([BlockCodec.Format, .. bytes]));
            while (reader.Next())
            {
            }
        }).ShouldBeOfType<InvalidDataException>()));

    [Fact]
    public void series_that_come_and_go_are_put_together_where_they_were()
    {
        using var store = Open();
        for (var i = 0; i < 40; i++)
            store.Append("a", Start + i * 15_000L, ScrapedRows.Of([.. Enumerable.Range(i, 3).Select(n => Sample($"m{n % 7}_total", "a", i))]));
        store.Maintain(Start + Hour);
        for (var n = 0; n < 7; n++)
            Points(store, $"m{n}_total").Where(point => !double.IsNaN(point.Value)).ShouldBe(Enumerable.Range(0, 40).Where(i => Enumerable.Range(i, 3).Any(m => m % 7 == n)).Select(i => (Start + i * 15_000L, (double)i)), $"series {n}");
    }

    [Fact]
    public void what_was_read_is_there_again_after_the_process_has_gone()
    {
        using (var store = Open())
            store.Append("a", Start, ScrapedRows.Of([Sample("up", "a", 1), Sample("size", "a", 1.5)]));
        using var again = Open();
        again.Append("a", Start + 15_000, ScrapedRows.Of([Sample("up", "a", 0)]));
        Points(again, "up").ShouldBe([(Start, 1), (Start + 15_000, 0)]);
        // A series that is missing in the next scrape has ended there.
        again.Source().Select(new SeriesSelector("size", []), 0, long.MaxValue).Single().Points.Select(point => point.IsStale).ShouldBe([false, true]);
    }

    [Fact]
    public void older_values_are_thinned_and_the_newest_stay_as_they_were_read()
    {
        using var store = Open(new HistoryLimits(TimeSpan.FromHours(1), TimeSpan.FromHours(12), TimeSpan.FromDays(10), long.MaxValue));
        var now = Start;
        for (; now < Start + 30 * Hour; now += Minute / 2)
        {
            store.Append("a", now, ScrapedRows.Of([Sample("commits_total", "a", (now - Start) / 1000.0), Sample("load", "a", now / (Minute / 2) % 2)]));
            if (now % Hour == 0)
                store.Maintain(now);
        }

        store.Maintain(now);
        var commits = Points(store, "commits_total");
        commits.Select(point => point.Time).ShouldBeInOrder();
        commits.ShouldAllBe(point => point.Value == (point.Time - Start) / 1000.0, "a counter keeps the last value of each span");
        commits[0].Time.ShouldBeLessThan(Start + 20 * Minute);
        Distance(commits, now - 5 * Minute).ShouldBe(Minute / 2);
        Distance(commits, now - 5 * Hour).ShouldBe(Minute);
        Distance(commits, now - 20 * Hour).ShouldBe(10 * Minute);
        Points(store, "load").Where(point => point.Time < now - 2 * Hour).ShouldAllBe(point => point.Value == 0.5, "a gauge keeps the mean");
        var coarse = store.Source(step: 10 * Minute).Select(new SeriesSelector("load", []), Start, now).Single().Points;
        coarse.Count(point => point.Time < now - 24 * Hour / 24).ShouldBeInRange(160, 190);
    }

    [Fact]
    public void the_file_never_grows_past_its_limit_and_the_oldest_goes_first()
    {
        using var store = Open(HistoryLimits.Default with { MostBytes = 300_000 });
        var random = new Random(1);
        for (var i = 0; i < 600; i++)
        {
            store.Append("a", Start + i * 15_000L, ScrapedRows.Of([.. Enumerable.Range(0, 200).Select(n => Sample($"m{n}", "a", random.NextDouble()))]));
            if (i % 40 == 39)
                store.Maintain(Start + i * 15_000L);
        }

        store.Maintain(Start + 600 * 15_000L);
        store.Size.ShouldBeLessThan(300_000);
        Points(store, "m0")[^1].Time.ShouldBe(Start + 599 * 15_000L);
    }

    [Fact]
    public void a_file_of_another_program_is_not_touched()
    {
        File.WriteAllText(Path, "not a database at all, and long enough to have a header of its own: " + new string('x', 200));
        var before = File.ReadAllBytes(Path);
        Should.Throw<Microsoft.Data.Sqlite.SqliteException>(() => Open());
        File.ReadAllBytes(Path).ShouldBe(before);
    }

    private HistoryStore Open(HistoryLimits? limits = null) => new(BlockFile.Open(Path), limits ?? HistoryLimits.Default, name => name.EndsWith("_total", StringComparison.Ordinal));

    private static VectorSample Sample(string metric, string target, double value) => new(LabelSet.Of(metric, ("target", target)), value);

    private static List<(long Time, double Value)> Points(HistoryStore store, string metric) =>
        [.. store.Source().Select(new SeriesSelector(metric, []), 0, long.MaxValue).Single().Points.Select(point => (point.Time, point.Value))];

    private static long Distance(List<(long Time, double Value)> points, long at)
    {
        var i = points.FindIndex(point => point.Time >= at);
        return points[i + 1].Time - points[i].Time;
    }
}

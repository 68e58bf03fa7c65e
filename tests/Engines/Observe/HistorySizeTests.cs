using System.Globalization;
using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.Query;
using Lockkeeper.Observe.Sqlite;
using Lockkeeper.Observe.Watching;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary>How large the history of a database becomes: scrapes of a real one at work, gone through again and again as two days of every 15 seconds.</summary>
public sealed class HistorySizeTests(ITestOutputHelper output)
{
    private const int Scrapes = 40;
    private const int ADay = 24 * 60 * 4;

    [Fact, Trait("Category", "Long")]
    public async Task a_day_of_a_database_with_20_tables_stays_below_four_megabytes()
    {
        await using var database = await TestDatabase.CreateAsync();
        await Psql.OutputAsync(database.Url, "SELECT format('CREATE TABLE t%s (id serial PRIMARY KEY, note text)', n) FROM generate_series(1, 20) n \\gexec");
        var scrapes = new List<IReadOnlyDictionary<string, List<RowValue>>>();
        await using (var observed = new Observed(database.Url))
        {
            var rows = new RowLabels();
            for (var i = 0; i < Scrapes; i++)
            {
                await Psql.OutputAsync(database.Url, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO t{1 + (i % 5)} (note) SELECT 'x' FROM generate_series(1, {100 + (i * 7 % 50)}); UPDATE t1 SET note = 'y' WHERE id % 10 = {i % 10}; SELECT count(*) FROM t2;"));
                var scraped = rows.Of(await observed.ScrapeAsync());
                scrapes.Add(scraped.Metrics.ToDictionary(name => name, name => scraped[name].ToList(), StringComparer.Ordinal));
            }
        }

        var counters = MetricCatalogue.All.Where(metric => metric.Kind == MetricKind.Counter).Select(metric => metric.Name).ToHashSet(StringComparer.Ordinal);
        using var folder = new TestFolder();
        using var store = new HistoryStore(BlockFile.Open(folder["history.db"]), HistoryLimits.Default, counters.Contains);
        var start = new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        var sizes = new List<long>();
        for (var i = 0; i < 2 * ADay; i++)
        {
            var (again, scrape) = (i / Scrapes, scrapes[i % Scrapes]);
            var now = start + (i * 15_000L);
            store.Append("t", now, new ScrapedRows(scrape.ToDictionary(one => one.Key, one => One(one.Key, one.Value, again), StringComparer.Ordinal)));
            if (i % 4 == 3)
                store.Maintain(now);
            if ((i + 1) % ADay == 0)
                sizes.Add(store.Size);
        }

        output.WriteLine($"{scrapes[0].Values.Sum(values => values.Count)} values a scrape; after a day {sizes[0] / 1024} KiB, after two {sizes[1] / 1024} KiB");
        sizes[0].ShouldBeLessThan(4 << 20);
        (sizes[1] - sizes[0]).ShouldBeLessThan(1 << 20, "thinned, a day takes far less");

        // A counter goes on where the time before it ended.
        IEnumerable<RowValue> One(string metric, List<RowValue> values, int again)
        {
            if (!counters.Contains(metric) || scrapes[0].GetValueOrDefault(metric) is not { } first || scrapes[^1].GetValueOrDefault(metric) is not { } last || first.Count != values.Count || last.Count != values.Count)
                return values;
            return values.Select((value, at) => value with { Value = value.Value + (again * (last[at].Value - first[at].Value)) });
        }
    }
}

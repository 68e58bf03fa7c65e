using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary>Texts of statements cost far more than their numbers: the server reads its whole file for one of them.</summary>
public sealed class StatementTextsTests
{
    private const int Statements = 2_000;

    [Fact]
    public async Task thousands_of_long_texts_are_read_once_and_kept_in_bounded_room()
    {
        // 40 MB of texts.
        await using var server = await TestCluster.StartAsync(new Dictionary<string, string> { ["pg_stat_statements.max"] = "5000" });
        await using var database = await TestDatabase.CreateAsync(cluster: server);
        await database.ExecuteAsync("CREATE EXTENSION pg_stat_statements");
        await database.ExecuteAsync("CREATE TABLE t (c0 int, c1 int, c2 int, c3 int, c4 int, c5 int, c6 int, c7 int, c8 int, c9 int, c10 int)");
        // A statement of its own for each choice of columns.
        await database.ExecuteAsync($"""
            SET pg_stat_statements.track = 'all';
            DO $$ BEGIN
              FOR n IN 1..{Statements} LOOP
                EXECUTE 'SELECT ' || (SELECT string_agg('c' || bit, ', ') FROM generate_series(0, 10) bit WHERE n & (1 << bit) > 0) || repeat(' /* long */', 2000) || ' FROM t';
              END LOOP;
            END $$
            """);
        await using var observed = new Observed(database.Url);
        var first = await observed.ScrapeAsync();
        first.Value("lockkeeper_statement_texts")!.Value.ShouldBeGreaterThanOrEqualTo(Statements);
        first.Value("lockkeeper_statement_texts_bytes")!.Value.ShouldBeGreaterThan(40_000_000);
        var texts = first.SamplesOf("pg_stat_statements_calls_total").Select(sample => sample.Label("queryid")).Distinct().Select(observed.StatementText).OfType<string>().ToList();
        texts.Count.ShouldBeGreaterThanOrEqualTo(Statements);
        texts.Sum(text => (long)text.Length).ShouldBeLessThan(5 << 20, "of long ones the beginning");
        texts.Count(text => text.StartsWith("SELECT c", StringComparison.Ordinal)).ShouldBeGreaterThanOrEqualTo(Statements);

        for (var i = 0; i < 3; i++)
            await observed.ScrapeAsync();
        (await database.ScalarAsync("SELECT sum(calls) FROM pg_stat_statements WHERE query LIKE '%lk:observe.statement_texts%' AND query NOT LIKE '%sum(calls)%'")).ShouldBe("1", "no scrape asks for texts that are known");
    }
}

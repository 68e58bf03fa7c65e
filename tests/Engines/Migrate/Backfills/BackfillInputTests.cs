using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate.Backfills;

/// <summary>What cannot run in batches is refused with its place, and nothing is changed.</summary>
public sealed class BackfillInputTests
{
    private const string Tables = """
        CREATE TABLE heap (a int, b int NOT NULL, c int UNIQUE);
        CREATE TABLE keyed (id int PRIMARY KEY, a int, b int NOT NULL);
        CREATE INDEX keyed_b ON keyed (b) WHERE a > 0;
        CREATE VIEW seen AS SELECT * FROM keyed;
        CREATE TABLE parent (id int PRIMARY KEY, a int);
        CREATE TABLE child () INHERITS (parent);
        CREATE TABLE split (id int NOT NULL, a int) PARTITION BY RANGE (id);
        CREATE TABLE split_1 PARTITION OF split FOR VALUES FROM (0) TO (10);
        CREATE TABLE hashed (id text NOT NULL);
        CREATE INDEX ON hashed USING hash (id);
        CREATE UNIQUE INDEX ON hashed (id text_pattern_ops);
        INSERT INTO keyed VALUES (1, 1, 1);
        """;

    [Theory]
    [InlineData("-- lk: backfill", "UPDATE heap SET a = 1", "LK3201", 2)]
    [InlineData("-- lk: backfill key: c", "UPDATE heap SET a = 1", "LK3201", 1)]
    [InlineData("-- lk: backfill key: gone", "UPDATE keyed SET a = 1", "LK3201", 1)]
    [InlineData("-- lk: backfill key: b", "UPDATE keyed SET a = 1", "LK3201", 1)]
    [InlineData("-- lk: backfill", "UPDATE keyed SET id = id + 1", "LK3200", 2)]
    [InlineData("-- lk: backfill", "UPDATE seen SET a = 1", "LK3201", 2)]
    [InlineData("-- lk: backfill", "DELETE FROM parent", "LK3201", 2)]
    [InlineData("-- lk: backfill", "UPDATE split SET a = 1", "LK3201", 2)]
    [InlineData("-- lk: backfill", "DELETE FROM hashed", "LK3201", 2)]
    [InlineData("-- lk: backfill", "UPDATE nowhere SET a = 1", "LK3060", 2)]
    [InlineData("-- lk: backfill", "UPDATE keyed SET gone = 1", "LK3060", 2)]
    [InlineData("-- lk: backfill", "INSERT INTO keyed VALUES (2)", "LK3200", 2)]
    [InlineData("-- lk: backfill", "BEGIN;UPDATE keyed SET a = 2;COMMIT", "LK3200", 2)]
    [InlineData("-- lk: backfill fast: yes", "UPDATE keyed SET a = 1", "LK3005", 1)]
    public async Task it_is_refused(string directive, string sql, string code, int line)
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync(Tables);
        project.Migration("0001_fill", $"{directive}\n{sql};");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain(code);
        result.Errors.ShouldContain($"migrations/0001_fill.up.sql:{line}:");
        (await project["dev"].ScalarAsync("SELECT string_agg(k::text, ' ') FROM keyed k")).ShouldBe("(1,1,1)");
        (await project["dev"].ScalarAsync("SELECT to_regclass('lockkeeper.intents') IS NULL OR NOT EXISTS (SELECT FROM pg_stat_user_tables WHERE relname = 'intents' AND n_live_tup > 0)")).ShouldBe("t");
    }

    [Fact]
    public async Task a_statement_that_was_edited_in_the_middle_is_refused_until_what_is_done_is_forgotten()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int PRIMARY KEY, n int DEFAULT 0); INSERT INTO orders SELECT i, 1 FROM generate_series(1, 300) i; UPDATE orders SET n = 0 WHERE id = 250");
        project.Migration("0001_fill", "-- lk: backfill max_rows: 100\nUPDATE orders SET n = 10 / n;");
        var failed = await project.RunAsync("migrate", "apply", "--env", "dev");
        failed.ExitCode.ShouldBe(4, failed.ToString());
        failed.Errors.ShouldContain("division by zero");
        (await project["dev"].ScalarAsync("SELECT scanned || ' ' || state FROM lockkeeper.backfills")).ShouldBe("200 running");
        (await project.RunAsync("migrate", "backfill", "--env", "dev", "--status")).Output.ShouldContain("interrupted");

        project.Migration("0001_fill", "-- lk: backfill max_rows: 100\nUPDATE orders SET n = 10 / nullif(n, 0);");
        var edited = await project.RunAsync("migrate", "apply", "--env", "dev");
        edited.Errors.ShouldContain("LK3204");
        (await project.RunAsync("migrate", "backfill", "--env", "dev", "--forget")).ExitCode.ShouldNotBe(0);
        (await project.RunAsync("migrate", "backfill", "--env", "dev", "--forget", "--yes")).ExitCode.ShouldBe(0);
        var again = await project.RunAsync("migrate", "apply", "--env", "dev");
        again.ExitCode.ShouldBe(0, again.ToString());
        (await project["dev"].ScalarAsync("SELECT string_agg(DISTINCT n::text, ',') FROM orders WHERE id <= 200")).ShouldBe("1");
    }
}

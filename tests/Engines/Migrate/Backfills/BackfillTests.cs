using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate.Backfills;

/// <summary>UPDATE and DELETE under <c>-- lk: backfill</c> have the effect of one statement, in batches.</summary>
public sealed class BackfillTests
{
    private const string Orders = "CREATE TABLE orders (id bigint PRIMARY KEY, n int NOT NULL DEFAULT 0, note text); INSERT INTO orders SELECT i, i FROM generate_series(1, 5000) i;";

    [Fact]
    public async Task an_update_runs_in_batches_and_each_row_is_changed_once()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync(Orders);
        // On a busy machine a batch may take longer than its time, and the next would be smaller.
        project.DatabaseSettings = "backfill: { batch_time: 10s }";
        project.Migration("0001_raise", "-- lk: backfill max_rows: 700\nUPDATE orders SET n = n + 1;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Errors.ShouldContain("5,000 rows changed of 5,000 in 8 batches");
        (await project["dev"].ScalarAsync("SELECT sum(n)::text FROM orders")).ShouldBe((5000 * 5001 / 2 + 5000).ToString());
        (await project["dev"].ScalarAsync("SELECT count(DISTINCT xmin::text)::text FROM orders")).ShouldBe("8");
        (await project["dev"].ScalarAsync("SELECT state || ' ' || scanned || ' ' || changed || ' ' || batches FROM lockkeeper.backfills")).ShouldBe("done 5000 5000 8");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.intents")).ShouldBe("0");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
    }

    [Theory]
    [InlineData("bigint", "i")]
    [InlineData("int", "-i")]
    [InlineData("uuid", "md5(i::text)::uuid")]
    [InlineData("text", "'Ä ''\\' || md5(i::text)")]
    [InlineData("timestamptz", "now() + i * '1.000001 hour'::interval")]
    [InlineData("timestamp", "'2024-03-01'::timestamp + i * '13 min'::interval")]
    [InlineData("date", "'0044-03-15 BC'::date + i * 400")]
    [InlineData("numeric(20,4)", "i / 3.0")]
    [InlineData("float8", "i / 3.0::float8")]
    [InlineData("char(12)", "lpad(i::text, 10, '0')")]
    [InlineData("bytea", "decode(md5(i::text), 'hex')")]
    [InlineData("name", "md5(i::text)")]
    [InlineData("positive", "i")]
    public async Task every_type_with_an_order_is_a_key(string type, string value)
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync($"ALTER DATABASE \"{project["dev"].Name}\" SET datestyle = 'German'; ALTER DATABASE \"{project["dev"].Name}\" SET timezone = 'Asia/Kathmandu'");
        await project["dev"].ExecuteAsync("CREATE DOMAIN positive AS bigint CHECK (value > 0)");
        await project["dev"].ExecuteAsync($"CREATE TABLE things (\"The Key\" {type} PRIMARY KEY, n int DEFAULT 0); INSERT INTO things SELECT DISTINCT {value} FROM generate_series(1, 900) i");
        project.Migration("0001_raise", "-- lk: backfill max_rows: 100, pause: 0\nUPDATE things SET n = n + 1 WHERE n >= 0 -- all\n;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT (sum(n) = count(*) AND max(n) = 1)::text FROM things")).ShouldBe("true");
    }

    [Fact]
    public async Task a_key_may_have_several_columns_and_its_batches_are_range_scans_of_its_index()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE lines (tenant text, made timestamptz, no int, n int DEFAULT 0, PRIMARY KEY (tenant, made, no)); INSERT INTO lines (tenant, made, no) SELECT 't' || i % 3, now() + i % 7 * '1 s'::interval, i FROM generate_series(1, 3000) i");
        // The building of the index scans the table; the server tells of it when that session has ended.
        string? scans;
        while ((scans = await project["dev"].ScalarAsync("SELECT pg_stat_get_numscans('lines'::regclass)::text")) == "0")
            await Task.Delay(20, TestContext.Current.CancellationToken);
        project.Migration("0001_raise", "-- lk: backfill key: (tenant, made, no), max_rows: 400\nUPDATE lines AS l SET n = l.n + 1;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT pg_stat_get_numscans('lines'::regclass)::text")).ShouldBe(scans, "sequential scans");
        (await project["dev"].ScalarAsync("SELECT sum(n) || ' ' || max(n) || ' ' || count(DISTINCT xmin::text) FROM lines")).ShouldBe("3000 1 8");
    }

    [Fact]
    public async Task a_sparse_condition_takes_as_many_batches_as_its_keys_do()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE sparse (id bigint PRIMARY KEY, n int); INSERT INTO sparse SELECT i, CASE WHEN i % 50000 = 1 THEN 0 ELSE 1 END FROM generate_series(1, 200000) i; VACUUM ANALYZE sparse");
        project.Migration("0001_rare", "-- lk: backfill\nDELETE FROM sparse WHERE n = 0;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM sparse")).ShouldBe("199996");
        (await project["dev"].ScalarAsync("SELECT (batches < 100 AND scanned = 200000 AND changed = 4)::text FROM lockkeeper.backfills")).ShouldBe("true");
    }

    [Fact]
    public async Task rows_that_are_written_meanwhile_are_done_when_the_condition_tells_them_apart()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE orders (id int PRIMARY KEY, n int); INSERT INTO orders SELECT i * 2, NULL FROM generate_series(1, 2000) i");
        // A row behind the batches, and one after the end, written by the first batch itself.
        await project["dev"].ExecuteAsync("""
            CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id = 2000 THEN INSERT INTO orders VALUES (3), (99999); END IF; RETURN NULL; END $$;
            CREATE TRIGGER late AFTER UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION late()
            """);
        project.Migration("0001_fill", "-- lk: backfill max_rows: 500\nUPDATE orders SET n = 7 WHERE n IS NULL;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Errors.ShouldContain("1 rows that sessions wrote meanwhile");
        result.Errors.ShouldContain("0 rows left");
        (await project["dev"].ScalarAsync("SELECT string_agg(id::text, ',') FROM orders WHERE n IS NULL")).ShouldBe("99999");
        (await project["dev"].ScalarAsync("SELECT pass || ' ' || changed FROM lockkeeper.backfills")).ShouldBe("2 2001");
    }

    [Fact]
    public async Task what_a_file_sets_before_holds_in_each_batch()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE SCHEMA app; CREATE TABLE app.orders (id int PRIMARY KEY, note text); INSERT INTO app.orders SELECT i FROM generate_series(1, 300) i; CREATE ROLE lk_backfiller; GRANT USAGE ON SCHEMA app TO lk_backfiller; GRANT ALL ON app.orders TO lk_backfiller");
        project.Migration("0001_fill", "SET search_path = app;\nSET ROLE lk_backfiller;\n-- lk: backfill max_rows: 100\nUPDATE orders SET note = current_user || current_setting('search_path');\nRESET ROLE;\nCREATE TABLE after_all (id int);");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT string_agg(DISTINCT note, ',') FROM app.orders")).ShouldBe("lk_backfillerapp");
        (await project["dev"].ScalarAsync("SELECT to_regclass('app.after_all')::text")).ShouldBe("app.after_all");
        await project["dev"].ExecuteAsync("DROP OWNED BY lk_backfiller; DROP ROLE lk_backfiller");
    }

    [Fact]
    public async Task a_partitioned_table_is_gone_through_by_the_key_of_all_partitions()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync("CREATE TABLE events (id bigint, day int, n int DEFAULT 0, PRIMARY KEY (day, id)) PARTITION BY RANGE (day); CREATE TABLE events_a PARTITION OF events FOR VALUES FROM (0) TO (5); CREATE TABLE events_b PARTITION OF events DEFAULT; INSERT INTO events SELECT i, i % 10 FROM generate_series(1, 2000) i");
        project.Migration("0001_raise", "-- lk: backfill max_rows: 300\nUPDATE events SET n = n + 1;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT sum(n) || ' ' || max(n) FROM events")).ShouldBe("2000 1");
    }

    [Fact]
    public async Task another_table_may_say_what_the_rows_get()
    {
        await using var project = await LkProject.CreateAsync("dev");
        await project["dev"].ExecuteAsync(Orders + "CREATE TABLE words (n int PRIMARY KEY, word text); INSERT INTO words SELECT i, 'w' || i FROM generate_series(1, 4000) i;");
        project.Migration("0001_fill", "-- lk: backfill max_rows: 900\nUPDATE orders o SET note = w.word FROM words w WHERE w.n = o.n OR false;").Migration("0002_remove", "-- lk: backfill\nDELETE FROM orders o USING words w WHERE w.n = o.n AND w.n <= 1000;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        (await project["dev"].ScalarAsync("SELECT count(*) || ' ' || count(note) || ' ' || bool_and(note = 'w' || n) FROM orders")).ShouldBe("4000 3000 true");
    }
}

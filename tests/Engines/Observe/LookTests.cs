using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Query;
using Lockkeeper.Observe.Sqlite;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary><c>lk observe targets</c>, <c>history</c>, <c>inspect</c> and <c>statement</c>.</summary>
public sealed class LookTests
{
    [Fact]
    public async Task the_past_is_read_from_the_file_and_marked_with_the_runs_of_that_time()
    {
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);");
        (await project.RunAsync("observe", "history", "dev/shop")).Errors.ShouldContain("LK6105");
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        Write(Path.Combine(project.Folder, ".lockkeeper", "state.observe.db"), DateTimeOffset.UtcNow);
        (await project.RunAsync("observe", "targets")).Output.ShouldContain("dev/shop");
        (await project.RunAsync("observe", "history", "dev/shp")).Errors.ShouldContain("Did you mean 'dev/shop'?");
        var data = (await project.JsonAsync("observe", "history", "dev/shop", "--since", "2h"))["data"]!;
        var line = data["charts"]!.AsArray().Single(chart => (string?)chart!["title"] == "Transactions")!["lines"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)line["name"]).ShouldBe("commits in shop");
        line["values"]!.AsArray().Select(value => (double?)value).OfType<double>().Average().ShouldBe(10, 0.5);
        ((string?)data["marks"]!.AsArray().ShouldHaveSingleItem()!["title"]).ShouldBe("apply 1 migration of shop to dev");
        (await project.RunAsync("observe", "history", "dev/shop", "--since", "2h")).Output.ShouldContain("commits in shop");
    }

    [Fact]
    public async Task a_server_says_what_it_is_made_of_and_a_statement_has_its_plan_without_being_executed()
    {
        await using var project = await LkProject.CreateAsync("dev");
        var database = project["dev"];
        await database.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS pg_stat_statements; CREATE TABLE looked_at (id int PRIMARY KEY); CREATE ROLE \"<b>looked\" PASSWORD 's3cret-of-looking'; DROP ROLE \"<b>looked\"; INSERT INTO looked_at SELECT 1");
        foreach (var (about, word) in new[] { ("tables", "looked_at"), ("indexes", "looked_at_pkey"), ("settings", "shared_preload_libraries"), ("roles", "superuser") })
            (await project.RunAsync("observe", "inspect", "dev/shop", "--about", about)).Output.ShouldContain(word, customMessage: about);
        var rows = (await project.JsonAsync("observe", "inspect", "dev/shop", "--about", "statements"))["data"]!;
        rows.ToJsonString().ShouldNotContain("s3cret-of-looking");
        rows.ToJsonString().ShouldNotContain("lk:observe");
        var id = await database.ScalarAsync("SELECT queryid::text FROM pg_stat_statements WHERE query LIKE 'INSERT INTO looked_at%' AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())");
        var statement = (await project.JsonAsync("observe", "statement", "dev/shop", "--id", id!))["data"]!;
        ((string?)statement["text"]).ShouldBe("INSERT INTO looked_at SELECT $1");
        statement["plan"]!.AsArray().Select(line => (string?)line).ShouldContain(line => line!.StartsWith("Insert on looked_at", StringComparison.Ordinal));
        (await database.ScalarAsync("SELECT count(*)::text FROM looked_at")).ShouldBe("1");
        (await project.RunAsync("observe", "statement", "dev/shop", "--id", "12345")).Errors.ShouldContain("knows no statement 12345");
    }

    [Fact]
    public async Task what_was_last_seen_of_every_target_stands_in_one_answer_and_of_a_server_that_many_share_only_the_own_database_counts()
    {
        await using var project = await LkProject.CreateAsync("dev", "prod");
        (await project.RunAsync("observe", "fleet")).Errors.ShouldContain("LK6105");
        var now = DateTimeOffset.UtcNow;
        var path = Path.Combine(project.Folder, ".lockkeeper", "state.observe.db");
        using (var history = new HistoryStore(BlockFile.Open(path), HistoryLimits.Default, _ => false))
        {
            VectorSample Of(string metric, double value, params (string, string)[] labels) => new(LabelSet.Of(metric, [("target", "dev/shop"), ("environment", "dev"), .. labels]), value);
            history.Append("dev/shop", now.AddSeconds(-30).ToUnixTimeMilliseconds(), ScrapedRows.Of(
            [
                Of("pg_up", 1), Of("pg_replication_is_replica", 1), Of("pg_replication_lag_seconds", 2.5), Of("pg_database_size_bytes", 1 << 20, ("datname", "shop")), Of("pg_database_size_bytes", 1 << 30, ("datname", "others")),
                Of("lockkeeper_collector_success", 1, ("collector", "tables"), ("database", "shop")), Of("lockkeeper_collector_success", 1, ("collector", "wal"), ("database", "")),
            ]));
            using var watch = new WatchFile(BlockFile.Open(path));
            watch.Write([], now);
        }

        var targets = (await project.JsonAsync("observe", "fleet"))["data"]!["targets"]!.AsArray();
        var seen = targets.Single(target => (string?)target!["target"] == "dev/shop")!;
        ((bool)seen["up"]!).ShouldBeTrue();
        ((string)seen["role"]!).ShouldBe("standby");
        ((double)seen["lag_seconds"]!).ShouldBe(2.5);
        ((double)seen["size_bytes"]!).ShouldBe(1 << 20);
        ((string?)seen["drill_age_seconds"]).ShouldBeNull();
        targets.Single(target => (string?)target!["target"] == "prod/shop")!["up"].ShouldBeNull();
        var text = (await project.RunAsync("observe", "fleet")).Output;
        text.ShouldContain("not seen");
        text.ShouldContain("1 MiB");
    }

    private static void Write(string path, DateTimeOffset end)
    {
        using var history = new HistoryStore(BlockFile.Open(path), HistoryLimits.Default, name => name.StartsWith("pg_stat_database_", StringComparison.Ordinal));
        var commits = 0.0;
        for (var at = end.AddHours(-2); at <= end; at = at.AddSeconds(30))
            history.Append("dev/shop", at.ToUnixTimeMilliseconds(), ScrapedRows.Of([new VectorSample(LabelSet.Of("pg_stat_database_xact_commit", ("target", "dev/shop"), ("environment", "dev"), ("datname", "shop")), commits += 300)]));
        using var watch = new WatchFile(BlockFile.Open(path));
        watch.Write([], end);
    }
}

using Lockkeeper.Engines.Sqlite;
using Lockkeeper.Observe.Anomalies;
using Lockkeeper.Observe.History;
using Lockkeeper.Observe.Query;
using Lockkeeper.Observe.Sqlite;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary><c>lk observe anomalies</c> over the file that the watch keeps.</summary>
public sealed class AnomaliesVerbTests
{
    private static readonly DateTimeOffset end = new(2026, 11, 23, 10, 31, 0, TimeSpan.Zero);

    [Fact]
    public async Task what_is_unusual_is_named_with_the_run_that_came_just_before()
    {
        await using var project = await LkProject.CreateAsync("prod");
        (await project.RunAsync("observe", "anomalies")).Errors.ShouldContain("LK6105");
        Write(Path.Combine(project.Folder, ".lockkeeper", "state.observe.db"));
        var result = await project.RunAsync("observe", "anomalies", "--at", "2026-11-23T10:31Z");
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain("prod/shop: statement 42 of app in shop: 400 calls a second; usual on Mondays around 10:31 UTC is 100");
        result.Output.ShouldContain("since 09:40 UTC");
        result.Output.ShouldContain("no run of this project came just before");
        var data = (await project.JsonAsync("observe", "anomalies", "prod/shop", "--at", "2026-11-23T10:31Z"))["data"]!;
        data["anomalies"]!.AsArray().Count.ShouldBe(1);
        data["anomalies"]![0]!["weeks"]!.GetValue<int>().ShouldBe(4);
        (await project.RunAsync("observe", "anomalies", "--at", "2026-11-20T10:31Z")).ExitCode.ShouldBe(0);
        (await project.RunAsync("observe", "anomalies", "other/one", "--at", "2026-11-23T10:31Z")).Output.ShouldContain("nothing was compared");
    }

    /// <summary>Four weeks and an hour, as the watch leaves them: older values thinned.</summary>
    private static void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var history = new HistoryStore(BlockFile.Open(path), HistoryLimits.Default with { Raw = TimeSpan.FromDays(60) }, name => name.EndsWith("_total", StringComparison.Ordinal) || name.StartsWith("pg_stat_database_", StringComparison.Ordinal));
        var (calls, commits) = (0.0, 0.0);
        for (var at = end.AddDays(-29); at <= end; at = at.AddMinutes(10))
        {
            var rate = at > end.AddMinutes(-55) ? 400 : 100;
            (calls, commits) = (calls + (rate * 600), commits + (1000 * 600));
            history.Append("prod/shop", at.ToUnixTimeMilliseconds(), ScrapedRows.Of(
            [
                new VectorSample(LabelSet.Of("pg_stat_statements_calls_total", ("target", "prod/shop"), ("environment", "prod"), ("user", "app"), ("datname", "shop"), ("queryid", "42"), ("toplevel", "true")), calls),
                new VectorSample(LabelSet.Of("pg_stat_database_xact_commit", ("target", "prod/shop"), ("environment", "prod"), ("datid", "16384"), ("datname", "shop")), commits),
            ]));
        }

        history.Maintain(end.ToUnixTimeMilliseconds());
        using var watch = new WatchFile(BlockFile.Open(path));
        watch.Write([], end);
    }
}

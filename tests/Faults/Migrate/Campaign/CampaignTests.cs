using System.Collections.Concurrent;
using System.Diagnostics;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate.Campaign;

/// <summary>A release is disturbed at its messages to the server, one place a run, and run again: each time everything is as if nothing had happened.</summary>
public sealed class CampaignTests(ITestOutputHelper output)
{
    [Fact]
    public async Task thirty_kills_leave_no_trace() => await RunAsync(30, Disturbance.KillBefore, Disturbance.KillAfter, Disturbance.KillInside);

    [Fact]
    [Trait("Category", "Long")]
    public async Task five_hundred_kills_leave_no_trace() => await RunAsync(510, Disturbance.KillBefore, Disturbance.KillAfter, Disturbance.KillInside);

    [Fact]
    public async Task a_dozen_cuts_leave_no_trace() => await RunAsync(12, Disturbance.Cut);

    [Fact]
    [Trait("Category", "Long")]
    public async Task a_hundred_cuts_leave_no_trace() => await RunAsync(100, Disturbance.Cut);

    [Fact]
    public async Task a_few_crashes_of_the_server_leave_no_trace() => await CrashAsync(3);

    [Fact]
    [Trait("Category", "Long")]
    public async Task fifty_crashes_of_the_server_leave_no_trace() => await CrashAsync(50);

    private async Task CrashAsync(int runs)
    {
        var (messages, expected, _) = await UndisturbedAsync();
        // A crash is one only with a server that waits for its disk: without, it may come back with less than it had said.
        await using var server = await TestCluster.StartAsync(new Dictionary<string, string> { ["fsync"] = "on", ["synchronous_commit"] = "on", ["full_page_writes"] = "on" });
        for (var n = 0; n < runs; n++)
        {
            await using var database = await TestDatabase.CreateAsync(cluster: server);
            await using var project = (await LkProject.CreateAsync("dev")).WithRelease();
            var message = 1 + (n * 2 + 1) * messages / (2 * runs);
            await DisturbedRun.RunAsync(project, database, message, Disturbance.ServerCrash, default, server);
            var again = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
            again.ExitCode.ShouldBe(0, $"at message {message}: {again}");
            (await database.OutcomeAsync()).ShouldBe(expected, $"at message {message}");
        }
    }

    private async Task RunAsync(int runs, params Disturbance[] disturbances)
    {
        var (messages, expected, undisturbed) = await UndisturbedAsync();
        var failures = new ConcurrentBag<string>();
        var recoveries = new ConcurrentBag<double>();
        var random = new Random(runs);
        // Spread over all messages; of several ways each goes to its own places, so that more runs meet more of them.
        var places = Enumerable.Range(0, runs).Select(n => (Message: 1 + (int)((n + random.NextDouble()) * messages / runs), Way: disturbances[n % disturbances.Length], Delay: random.Next(40))).ToList();
        await Parallel.ForEachAsync(places, new ParallelOptions { MaxDegreeOfParallelism = 3, CancellationToken = TestContext.Current.CancellationToken }, async (place, _) =>
        {
            await using var project = (await LkProject.CreateAsync("dev")).WithRelease();
            await DisturbedRun.RunAsync(project, project["dev"], place.Message, place.Way, TimeSpan.FromMilliseconds(place.Delay));
            var clock = Stopwatch.StartNew();
            var again = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
            recoveries.Add(clock.Elapsed.TotalSeconds);
            var what = $"{place.Way} at message {place.Message} of {messages}, {place.Delay} ms";
            if (again.ExitCode != 0)
                failures.Add($"{what}: {again}");
            else if (await project["dev"].OutcomeAsync() is var outcome && outcome != expected)
                failures.Add($"{what}:\n{outcome}\ninstead of\n{expected}\n{again.Errors}");
            else if ((await project.RunAsync("ledger", "verify")) is { ExitCode: not 0 } ledger)
                failures.Add($"{what}: {ledger}");
        });
        failures.ShouldBeEmpty();
        var sorted = recoveries.Order().ToList();
        output.WriteLine($"{runs} runs over {messages} messages; the run after took {sorted[sorted.Count / 2]:0.0} s at the median and {sorted[^1]:0.0} s at most, an undisturbed one {undisturbed:0.0} s");
    }

    private static async Task<(int Messages, string Outcome, double Seconds)> UndisturbedAsync()
    {
        await using var project = (await LkProject.CreateAsync("dev")).WithRelease();
        var clock = Stopwatch.StartNew();
        var (messages, result) = await DisturbedRun.RunAsync(project, project["dev"], int.MaxValue, Disturbance.Cut, default);
        var seconds = clock.Elapsed.TotalSeconds;
        result.ExitCode.ShouldBe(0, result.ToString());
        var outcome = await project["dev"].OutcomeAsync();
        outcome.ShouldContain("0019 applied");
        outcome.ShouldContain("small 6 steps 3 whole 1");
        return (messages, outcome, seconds);
    }
}

using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Sandbox;

/// <summary>Nothing stays of a cluster whose owner died, at whatever moment and by whatever means.</summary>
public sealed class SandboxCrashTests : IDisposable
{
    private readonly TestFolder folder = new();

    [Fact]
    public async Task killing_the_owner_of_a_running_cluster_removes_it_although_another_child_lives_on()
    {
        await using var lk = await RunningAsync();
        var child = int.Parse(await File.ReadAllTextAsync(folder["child"]));
        lk.Kill();
        await NothingLeftAsync();
        // The child does not hold the guard's pipe open, or the cluster would be here as long as the child.
        ProcessState.IsAlive(child).ShouldBeTrue();
        await Signals.SendAsync("KILL", child);
    }

    [Fact]
    public async Task killing_the_owner_while_the_files_are_made_removes_them()
    {
        await using var lk = await StartAsync("sandbox", "up", "shop");
        await Eventually.TrueAsync(() => Directory.Exists(folder["clusters"]) && Directory.GetDirectories(folder["clusters"], "shop~*").Any(made => Directory.Exists(Path.Combine(made, "data", "base"))));
        lk.Kill();
        await NothingLeftAsync();
    }

    [Trait("Category", "Long")]
    [Fact]
    public async Task killing_the_owner_at_any_moment_of_making_leaves_a_whole_cluster_or_none()
    {
        for (var delay = 50; delay <= 1400; delay += 270)
        {
            await using var lk = await StartAsync("sandbox", "up", "shop");
            await Task.Delay(delay);
            lk.Kill();
            await lk.WaitAsync();
            // Whatever it had come to: the next one finds its way.
            var up = await LkProcess.RunAsync(Call("sandbox", "up", "shop"));
            up.ExitCode.ShouldBe(0, $"after {delay} ms: {up}");
            (await LkProcess.RunAsync(Call("sandbox", "down", "shop"))).ExitCode.ShouldBe(0);
            await NothingLeftAsync();
        }
    }

    [Fact]
    public async Task ctrl_c_removes_the_cluster_and_says_so()
    {
        await using var lk = await RunningAsync();
        lk.Interrupt();
        var result = await lk.WaitAsync();
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK1001");
        await NothingLeftAsync();
    }

    [Fact]
    public async Task a_guard_that_is_told_to_end_cleans_up_first()
    {
        await using var lk = await RunningAsync();
        await Signals.SendAsync("TERM", Guard());
        await NothingLeftAsync();
    }

    [Fact]
    public async Task what_is_left_when_owner_and_guard_die_is_removed_by_the_next_verb()
    {
        await using var lk = await RunningAsync();
        var child = int.Parse(await File.ReadAllTextAsync(folder["child"]));
        await Signals.SendAsync("KILL", Guard());
        lk.Kill();
        await lk.WaitAsync();
        Leftovers.Of(folder["clusters"]).ShouldNotBeEmpty();
        var list = await LkProcess.RunAsync(Call("sandbox", "list"));
        list.ExitCode.ShouldBe(0, list.ToString());
        await NothingLeftAsync();
        await Signals.SendAsync("KILL", child);
    }

    [Fact]
    public async Task a_frozen_owner_keeps_its_cluster()
    {
        await using var lk = await RunningAsync();
        lk.Stop();
        (await LkProcess.RunAsync(Call("sandbox", "list"))).ExitCode.ShouldBe(0);
        Leftovers.Of(folder["clusters"]).ShouldNotBeEmpty();
        lk.Continue();
        lk.Interrupt();
        await lk.WaitAsync();
        await NothingLeftAsync();
    }

    public void Dispose() => folder.Dispose();

    private int Guard() => Leftovers.Pids(folder["clusters"]).Single(pid => Leftovers.CommandLine(pid).Contains("lk-sandbox", StringComparison.Ordinal));

    private Task NothingLeftAsync() => Eventually.TrueAsync(() => Leftovers.Of(folder["clusters"]).Count == 0, "the end of all that the cluster was");

    /// <summary>lk with an ephemeral cluster and a long-lived child.</summary>
    private async Task<LkProcess> RunningAsync()
    {
        var lk = await StartAsync("sandbox", "run", $"echo $$ > {folder["child"]}; echo the command runs; exec sleep 1000");
        await lk.WaitForTextAsync("the command runs");
        return lk;
    }

    private Task<LkProcess> StartAsync(params string[] arguments) => LkProcess.StartAsync(Call(arguments));

    private LkCall Call(params string[] arguments) =>
        new(arguments) { Folder = folder.Path, Environment = new Dictionary<string, string?> { ["LK_SANDBOX_FOLDER"] = folder["clusters"] } };
}

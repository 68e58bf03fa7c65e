using Lockkeeper.Tests.TestKit.Hosts;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Provision;

/// <summary>The making of an instance that is killed at every step.</summary>
public sealed class InstanceKillTests
{
    [Fact]
    public async Task the_making_of_an_instance_that_is_killed_at_every_step_is_gone_on_with()
    {
        await using var project = new InstanceProject();
        project.Declare(project.Standard + "tls: { self_signed: true }\nroles: { app: { login: true, password: \"${env:APP_PASSWORD}\" } }\n");
        var (data, aside) = (project.DataFolder, Path.Combine(Path.GetDirectoryName(project.DataFolder)!, ".main.lk-new"));
        Func<bool>[] moments =
        [
            // initdb has begun, has got some way, and is done; then each file; then the server.
            () => Directory.Exists(aside),
            () => File.Exists(Path.Combine(aside, "postgresql.conf")) || File.Exists(Path.Combine(data, "lockkeeper.json")),
            () => File.Exists(Path.Combine(data, "lockkeeper.json")),
            () => File.Exists(Path.Combine(data, "server.key")),
            () => File.Exists(Path.Combine(data, "server.crt")),
            () => File.Exists(Path.Combine(data, "lockkeeper.conf")),
            () => File.Exists(Path.Combine(data, "postmaster.pid")),
        ];
        var kills = 0;
        foreach (var moment in moments)
        {
            await using var run = await project.StartAsync("apply");
            while (!run.HasExited && !moment())
                await Task.Delay(1, TestContext.Current.CancellationToken);
            if (run.HasExited)
                continue;
            run.Kill();
            await run.WaitAsync();
            kills++;
        }

        kills.ShouldBeGreaterThan(0, "it was killed on the way");
        var last = await project.RunAsync("apply");
        last.ExitCode.ShouldBe(0, last.ToString());
        (await project.RunAsync("drift")).ExitCode.ShouldBe(0);
        (await project.ScalarAsync("SELECT current_user", "app", "app-password-1")).ShouldBe("app");
        Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(data)!).ShouldHaveSingleItem("nothing is left aside");
        Directory.EnumerateFiles(data, ".*").ShouldBeEmpty("nor in it");
    }
}

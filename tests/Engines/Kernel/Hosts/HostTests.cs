using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Hosts;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.Hosts;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Kernel.Hosts;

/// <summary>Programs and files on this host and on another, which must not make a difference.</summary>
public sealed class HostTests : IAsyncLifetime
{
    private readonly Redactor redactor = new();
    private readonly TestFolder folder = new();
    private NetworkHost network = null!;

    public async ValueTask InitializeAsync() => network = await NetworkHost.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await network.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData("local")]
    [InlineData("ssh")]
    public async Task arguments_input_and_exit_codes_arrive_as_they_are(string kind)
    {
        await using var host = Host(kind);
        string[] words = ["a b", "", "it's", "$HOME `id` \\ \"", "*", "-n", "ö\nü"];
        var echoed = await host.RunAsync(new HostCommand("sh", ["-c", "for a; do printf '%s|' \"$a\"; done; cat; exit 7", "sh", .. words]) { Input = "from input" }, Cancel);
        echoed.ExitCode.ShouldBe(7);
        echoed.Output.ShouldBe(string.Join('|', words) + "|from input");
        (await host.RunAsync(new HostCommand("sh", "-c", "echo $A") { Variables = new Dictionary<string, string> { ["A"] = "x y" } }, Cancel)).Output.ShouldBe("x y");
        (await host.RunAsync(new HostCommand("sleep", "30") { Timeout = TimeSpan.FromMilliseconds(300) }, Cancel)).TimedOut.ShouldBeTrue();
    }

    [Theory]
    [InlineData("local")]
    [InlineData("ssh")]
    public async Task files_are_written_whole_with_their_mode_and_read_back(string kind)
    {
        await using var host = Host(kind);
        var (files, file) = (new HostFiles(host), folder["deep/er/it's a file.conf"]);
        (await files.ReadAsync(file, Cancel)).ShouldBeNull();
        (await files.ListAsync(folder["deep"], Cancel)).ShouldBeNull();
        await files.MakeFolderAsync(folder["deep/er"], "700", null, Cancel);
        await files.WriteAsync(file, "one\r\ntwö\n\n", "600", null, Cancel);
        File.WriteAllText(folder["deep/er/.it's a file.conf.lk-killed"], "what a writer left that was killed");
        await files.WriteAsync(file, "three", "640", null, Cancel);
        await files.WriteAsync(folder["deep/er/other"], "one\r\ntwö\n\n", "600", null, Cancel);
        var read = await files.ReadAsync([file, folder["none"], folder["deep/er/other"]], Cancel);
        read.Select(one => one?.Text).ShouldBe(["three", null, "one\r\ntwö\n\n"]);
        (read[0]!.Entry.Mode, read[0]!.Entry.Owner, read[0]!.Entry.Kind).ShouldBe(("640", Environment.UserName, HostEntryKind.File));
        (await files.ListAsync(folder["deep/er"], Cancel))!.Select(one => Path.GetFileName(one.Path)).ShouldBe(["it's a file.conf", "other"]);
        (await files.StatAsync(folder["deep/er"], Cancel))!.Mode.ShouldBe("700");
        (await files.FreeBytesAsync(folder["not/there/yet"], Cancel)).ShouldBeGreaterThan(1_000_000);
        await files.RemoveFolderAsync(folder["deep"], Cancel);
        Directory.Exists(folder["deep"]).ShouldBeFalse();
    }

    [Fact]
    public async Task a_file_that_cannot_be_written_leaves_the_old_one_and_says_why()
    {
        await using var host = Host("local");
        var error = await Should.ThrowAsync<LockkeeperException>(() => new HostFiles(host).WriteAsync(folder["none/file"], "text", "600", null, Cancel));
        error.Code.ShouldBe(KernelErrors.HostCommandFailed);
        error.Facts.ShouldHaveSingleItem().Text.ShouldContain("No such file or directory");
    }

    [Fact]
    public async Task a_port_of_a_host_is_one_of_that_host_only()
    {
        await using var far = Host("ssh");
        (await new HostFiles(far).IsPortTakenAsync(network.Port, Cancel)).ShouldBeTrue();
        (await new HostFiles(far).IsPortTakenAsync(1, Cancel)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("local")]
    [InlineData("ssh")]
    public async Task only_one_runner_has_the_lock_of_an_instance(string kind)
    {
        await using var host = Host(kind);
        var name = $"test-{Guid.NewGuid():N}";
        await using (await HostLock.TakeAsync(host, name, null, TimeSpan.Zero, redactor, Cancel))
            (await Should.ThrowAsync<LockkeeperException>(() => HostLock.TakeAsync(host, name, null, TimeSpan.Zero, redactor, Cancel))).Code.ShouldBe(KernelErrors.HostBusy);
        await (await HostLock.TakeAsync(host, name, null, TimeSpan.Zero, redactor, Cancel)).DisposeAsync();
        // The host's own folder for such files, which need not be this process's.
        (await host.RunAsync(new HostCommand("sh", "-c", "rm -- \"${TMPDIR:-/tmp}/lockkeeper-$(id -u)-$1.lock\"", "lk", name), Cancel)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_host_whose_key_is_not_known_and_one_that_lets_nobody_in_are_told_with_what_to_do()
    {
        var unknown = folder.Write("empty", "");
        await RefusedAsync(new SshAddress(network.Address, network.User, network.Port, network.Identity, unknown), "Its key is not known");
        File.WriteAllText(folder["wrong_key"], File.ReadAllText(network.Identity + ".pub"));
        await RefusedAsync(new SshAddress(network.Address, network.User, network.Port, folder["wrong_key"], network.KnownHosts), "authorized_keys");
        await RefusedAsync(new SshAddress("127.0.0.1", network.User, 1, network.Identity, network.KnownHosts), "Try it by hand");

        async Task RefusedAsync(SshAddress address, string hint)
        {
            await using var host = new SshHost(address, new ProcessRunner(redactor, TimeProvider.System), redactor);
            var error = await Should.ThrowAsync<LockkeeperException>(() => host.RunAsync(new HostCommand("true"), Cancel));
            error.Code.ShouldBe(KernelErrors.HostUnreachable);
            error.Hint!.ShouldContain(hint);
        }
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IHost Host(string kind)
    {
        var processes = new ProcessRunner(redactor, TimeProvider.System);
        return kind == "local" ? new LocalHost(processes) : new SshHost(new SshAddress(network.Address, network.User, network.Port, network.Identity, network.KnownHosts), processes, redactor);
    }
}

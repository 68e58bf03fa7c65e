using System.Net;
using System.Net.Sockets;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Sandbox;

/// <summary>Each failure has its number and a hint, and leaves neither a folder nor a process.</summary>
public sealed class SandboxFailureTests : IDisposable
{
    private readonly TestFolder folder = new();

    [Fact]
    public async Task a_folder_without_server_programs_is_named()
    {
        var error = await FailAsync(new SandboxOptions { BinariesFolder = folder.Path });
        error.Code.ShouldBe(SandboxErrors.NoBinaries);
        error.Message.ShouldContain(folder.Path);
    }

    [Fact]
    public async Task a_folder_of_another_version_is_refused()
    {
        var here = (await ServerBinaries.PresentAsync(Ports(), CancellationToken.None))[0];
        var error = await FailAsync(new SandboxOptions { BinariesFolder = here.Folder, MajorVersion = here.MajorVersion + 1 });
        error.Code.ShouldBe(SandboxErrors.NoBinaries);
        error.Message.ShouldContain(here.Version);
    }

    [Fact]
    public async Task a_setting_that_the_server_refuses_is_shown_in_the_servers_words()
    {
        var error = await FailAsync(new SandboxOptions { Settings = new Dictionary<string, string> { ["work_mem"] = "a lot" } });
        error.Code.ShouldBe(SandboxErrors.DidNotStart);
        error.Facts.Single().Text.ShouldContain("invalid value for parameter \"work_mem\": \"a lot\"");
    }

    [Fact]
    public async Task a_port_that_is_taken_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var error = await FailAsync(new SandboxOptions { Port = port });
        error.Code.ShouldBe(SandboxErrors.PortTaken);
        error.Message.ShouldContain($"{port}");
    }

    [Fact]
    public async Task a_full_disk_is_told_from_other_failures()
    {
        var error = await FailAsync(new SandboxOptions { BinariesFolder = FakePrograms("initdb: error: could not write file: No space left on device") });
        error.Code.ShouldBe(SandboxErrors.DiskFull);
    }

    [Fact]
    public async Task what_initdb_says_is_shown_when_it_fails()
    {
        var error = await FailAsync(new SandboxOptions { BinariesFolder = FakePrograms("initdb: the dog ate the catalog") });
        error.Code.ShouldBe(SandboxErrors.InitFailed);
        error.Facts.Single().Text.ShouldContain("the dog ate the catalog");
    }

    [Fact]
    public async Task a_sandbox_folder_that_is_a_file_is_refused()
    {
        var ports = Ports(folder.Write("file", ""));
        (await FailAsync(new SandboxOptions(), ports)).Code.ShouldBe(SandboxErrors.FolderUnusable);
    }

    [Fact]
    public async Task root_is_told_about_a_folder_that_the_servers_user_cannot_enter()
    {
        Directory.CreateDirectory(folder["closed"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var start = SandboxCluster.StartAsync(new SandboxOptions { Ephemeral = true }, Ports(folder["closed/clusters"]), CancellationToken.None);
        if (Environment.IsPrivilegedProcess)
        {
            var error = await Should.ThrowAsync<LockkeeperException>(() => start);
            error.Code.ShouldBe(SandboxErrors.FolderUnusable);
            error.Message.ShouldContain(folder["closed"]);
        }
        else
        {
            // An ordinary user runs the server itself, so a private folder is fine.
            await (await start).DisposeAsync();
        }
    }

    [Theory]
    [InlineData("Shop")]
    [InlineData("../etc")]
    [InlineData("a~b")]
    [InlineData("")]
    public async Task a_name_that_is_no_folder_name_is_refused(string name) =>
        (await FailAsync(new SandboxOptions { Name = name })).Code.ShouldBe(SandboxErrors.NotValid);

    [Fact]
    public async Task cancelling_while_it_is_made_leaves_nothing()
    {
        using var cancel = new CancellationTokenSource();
        var start = SandboxCluster.StartAsync(new SandboxOptions { Ephemeral = true }, Ports(), cancel.Token);
        await Eventually.TrueAsync(() => Directory.Exists(folder["clusters"]) && Directory.GetDirectories(folder["clusters"], "sandbox*").Length > 0);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => start);
        Leftovers.Of(folder["clusters"]).ShouldBeEmpty();
    }

    public void Dispose() => folder.Dispose();

    private SandboxPorts Ports(string? place = null) =>
        TestPorts.Create(new Dictionary<string, string?> { ["LK_SANDBOX_FOLDER"] = place ?? folder["clusters"] });

    private async Task<LockkeeperException> FailAsync(SandboxOptions options, SandboxPorts? ports = null)
    {
        foreach (var ephemeral in new[] { false, true })
            (await Should.ThrowAsync<LockkeeperException>(() => SandboxCluster.StartAsync(options with { Ephemeral = ephemeral }, ports ?? Ports(), CancellationToken.None))).Hint.ShouldNotBeNull();
        var error = await Should.ThrowAsync<LockkeeperException>(() => SandboxCluster.StartAsync(options, ports ?? Ports(), CancellationToken.None));
        Leftovers.Of(folder["clusters"]).ShouldBeEmpty();
        return error;
    }

    private string FakePrograms(string initdbSays)
    {
        foreach (var (name, script) in new[] { ("initdb", $"echo '{initdbSays}' >&2; exit 1"), ("postgres", "echo 'postgres (PostgreSQL) 15.1'"), ("pg_ctl", "exit 1") })
        {
            var file = folder.Write($"programs/{name}", $"#!/bin/sh\n{script}\n");
            File.SetUnixFileMode(file, (UnixFileMode)Convert.ToInt32("755", 8));
        }

        return folder["programs"];
    }
}

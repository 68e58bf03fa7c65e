using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Sandbox;

/// <summary>Servers of one's own making, in folders that LK_POSTGRES_BIN_DIRS names.</summary>
public sealed class OwnBinariesTests
{
    [Fact]
    public async Task servers_in_named_folders_are_found_beside_the_installed_ones()
    {
        var here = await PresentAsync("");
        var with = await PresentAsync($"{LabCluster.Binaries}/:{here[0].Folder}");
        with.ShouldBe(here.Append(with.Single(one => one.Folder == LabCluster.Binaries)), ignoreOrder: true);
        with[0].MajorVersion.ShouldBe(with.Max(one => one.MajorVersion));
    }

    [Fact]
    public async Task a_named_folder_without_server_programs_is_an_error_and_not_passed_over()
    {
        using var folder = new TestFolder();
        var error = await Should.ThrowAsync<LockkeeperException>(() => PresentAsync($"{LabCluster.Binaries}:{folder.Path}"));
        error.Code.ShouldBe(SandboxErrors.NoBinaries);
        error.Message.ShouldContain(folder.Path);
        error.Message.ShouldContain("LK_POSTGRES_BIN_DIRS");
    }

    private static Task<IReadOnlyList<ServerBinary>> PresentAsync(string folders) =>
        ServerBinaries.PresentAsync(TestPorts.Create(new Dictionary<string, string?> { ["LK_POSTGRES_BIN_DIRS"] = folders }), CancellationToken.None);
}

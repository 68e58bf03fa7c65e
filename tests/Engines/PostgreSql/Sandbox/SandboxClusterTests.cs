using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.PostgreSql.Sandbox;

public sealed class SandboxClusterTests
{
    [Fact]
    public async Task a_cluster_answers_and_leaves_nothing_when_disposed()
    {
        string folder;
        await using (var cluster = await TestCluster.StartAsync())
        {
            folder = cluster.Folder;
            await using var database = await TestDatabase.CreateAsync(cluster: cluster);
            (await database.ScalarAsync("SHOW fsync")).ShouldBe("off");
            (await database.ScalarAsync("SHOW listen_addresses")).ShouldBe("127.0.0.1");
            (await database.ScalarAsync("SHOW server_encoding")).ShouldBe("UTF8");
        }

        Directory.Exists(folder).ShouldBeFalse();
    }
}

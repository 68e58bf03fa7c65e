using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Migrate;

/// <summary>A real standby, made by pg_basebackup.</summary>
public sealed class StandbyTests
{
    [Fact]
    public async Task a_standby_is_refused_before_anything_runs_and_a_url_with_both_hosts_finds_the_primary()
    {
        await using var primary = await TestCluster.StartAsync(new Dictionary<string, string> { ["wal_level"] = "replica", ["max_wal_senders"] = "4", ["hot_standby"] = "on" });
        await using var database = await TestDatabase.CreateAsync(cluster: primary);
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", "CREATE TABLE orders (id int);").PointTo("dev", database.Url);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        project.Migration("0002_items", "CREATE TABLE items (id int);");

        await using var standby = await Standby.OfAsync(primary);
        var url = new UriBuilder(database.Url) { Port = standby.Port }.Uri.AbsoluteUri;
        project.PointTo("dev", url);
        await standby.HasAsync(url);
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK3068: ");
        result.Errors.ShouldContain("standby");
        result.Errors.ShouldContain("HINT: ");
        // What only reads works there.
        var status = await project.RunAsync("migrate", "status");
        status.ExitCode.ShouldBe(0, status.ToString());
        status.Output.ShouldContain("0002");
        (await project.RunAsync("migrate", "plan", "--env", "dev")).ExitCode.ShouldBe(0);

        var both = database.Url.Replace($"127.0.0.1:{primary.Port}", $"127.0.0.1:{standby.Port},127.0.0.1:{primary.Port}", StringComparison.Ordinal) + "?target_session_attrs=primary";
        project.PointTo("dev", both);
        var found = await project.RunAsync("migrate", "apply", "--env", "dev");
        found.ExitCode.ShouldBe(0, found.ToString());
        (await database.TablesAsync("orders", "items")).ShouldBe("orders:t items:t");
    }
}

using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary><c>lk observe metrics</c>.</summary>
public sealed class MetricsVerbTests
{
    [Fact]
    public async Task the_page_is_one_that_prometheus_reads_and_has_nothing_to_say_of_our_own_names()
    {
        await using var project = await LkProject.CreateAsync("dev", "prod");
        await project["prod"].ExecuteAsync("CREATE TABLE \"a \"\"b\"\" \\ c\" (id int)");
        var result = await project.RunAsync("observe", "metrics");
        result.ExitCode.ShouldBe(0, result.ToString());
        var advice = await Promtool.CheckMetricsAsync(result.Output);
        // Names that are postgres_exporter's are not ours to change.
        advice.Where(line => !line.StartsWith("pg_", StringComparison.Ordinal)).ShouldBeEmpty();
        result.Output.ShouldContain("pg_up{target=\"dev/shop\",environment=\"dev\"} 1\npg_up{target=\"prod/shop\",environment=\"prod\"} 1\n");
        result.Output.ShouldContain("relname=\"a \\\"b\\\" \\\\ c\"");
        result.Output.ShouldNotContain(project["dev"].Cluster.Password);
    }

    [Fact]
    public async Task one_target_is_read_in_openmetrics_and_as_json()
    {
        await using var project = await LkProject.CreateAsync("dev");
        (await project.RunAsync("observe", "metrics", "dev/shop", "--format", "openmetrics")).Output.ShouldEndWith("# EOF\n");
        var samples = (await project.JsonAsync("observe", "metrics", "dev/shop"))["data"]!["targets"]![0]!["samples"]!.AsArray();
        samples.Single(sample => (string?)sample!["metric"] == "pg_up")!["value"]!.GetValue<double>().ShouldBe(1);
    }

    [Fact]
    public async Task a_target_that_is_down_is_in_the_page_and_in_the_exit_code()
    {
        await using var project = await LkProject.CreateAsync("dev", "prod");
        project.PointTo("prod", "postgres://postgres:wrong-one@127.0.0.1:1/postgres");
        var result = await project.RunAsync("observe", "metrics");
        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain("pg_up{target=\"prod/shop\",environment=\"prod\"} 0\n");
        result.Output.ShouldContain("lockkeeper_target_down{target=\"prod/shop\",environment=\"prod\",reason=\"connection_lost\"} 1\n");
        result.Output.ShouldContain("pg_up{target=\"dev/shop\",environment=\"dev\"} 1\n");
    }

    [Fact]
    public async Task a_name_that_is_not_declared_is_refused_with_the_one_that_was_meant()
    {
        await using var project = await LkProject.CreateAsync("dev");
        var result = await project.RunAsync("observe", "metrics", "dev/shp");
        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain("there is no target 'dev/shp'");
        result.Errors.ShouldContain("Did you mean 'dev/shop'?");
    }

    [Fact]
    public async Task a_declared_cluster_is_looked_at_as_its_monitoring_role_with_its_labels()
    {
        await using var project = await ClusterProject.CreateAsync();
        project.Declare(
            """
            version: 15
            databases: { app: {} }
            roles: { watch: { login: true, password: "${env:WATCH}", member_of: [pg_monitor] } }
            monitoring:
              labels: { team: db, datname: clash }
              exporter: { role: watch }
            """);
        project.Project.Variables["WATCH"] = "watch-secret-1";
        await project.SqlAsync("postgres", "CREATE ROLE watch LOGIN PASSWORD 'watch-secret-1'; GRANT pg_monitor TO watch; CREATE DATABASE app");
        await project.SqlAsync("app", "CREATE TABLE there (id int)");
        var result = await project.Project.RunAsync("observe", "metrics", "main");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("pg_up{target=\"main\",exported_datname=\"clash\",team=\"db\"} 1");
        result.Output.ShouldContain("datname=\"app\",schemaname=\"public\",relname=\"there\"");
        result.Output.ShouldContain("usename=\"postgres\"", Case.Sensitive, "a member of pg_monitor sees the sessions of others");
        result.Output.ShouldNotContain("watch-secret-1");
        await Promtool.CheckMetricsAsync(result.Output);
    }
}

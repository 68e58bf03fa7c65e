using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>A project file, a command line, a gate or a ledger that is wrong: no target is touched.</summary>
public sealed class BadInputProjectTests
{
    private const string Good = "CREATE TABLE orders (id bigint PRIMARY KEY);";

    private static string Yaml(string environments = "", string databases = "", string top = "") =>
        $$"""
        project: test
        {{top}}
        databases:
          shop:
            engine: postgres
            migrations: migrations
        {{databases}}
        environments:
          - name: dev
            targets: { shop: "${env:URL_DEV}" }
        {{environments}}
        """;

    [Theory]
    [InlineData("project: [\n", "LK1101", "lockkeeper.yaml:2:1")]
    [InlineData("project: test\n\tdatabases: {}\n", "LK1101", "lockkeeper.yaml:2:1")]
    public async Task yaml_that_cannot_be_read_is_refused_at_its_place(string yaml, string code, string at)
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Good).File("broken/lockkeeper.yaml", yaml);
        var result = await project.RunAsync("migrate", "apply", "--env", "dev", "--config", "broken/lockkeeper.yaml");
        result.ShouldRefuse(2, code);
        result.Errors.ShouldContain(at);
        (await project["dev"].StateAsync()).ShouldBe("");
    }

    [Fact]
    public async Task an_unknown_key_is_refused_with_the_nearest_one()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Good).Configure("dev", "on_failur: rollback");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(2, "LK1102", "lockkeeper.yaml:9:5");
        result.Errors.ShouldContain("on_failure");
        (await project["dev"].StateAsync()).ShouldBe("");
    }

    [Fact]
    public async Task a_folder_of_migrations_that_is_not_there_is_refused()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.File("lk2.yaml", Yaml().Replace("migrations: migrations", "migrations: migratoins"));
        var result = await project.RunAsync("migrate", "apply", "--env", "dev", "--config", "lk2.yaml");
        result.ShouldRefuse(2, "LK3000");
        result.Errors.ShouldContain("databases.shop.migrations");
        (await project["dev"].HasStoreAsync()).ShouldBeFalse();
    }

    [Theory]
    [InlineData("--env", "prd", "prod")]
    [InlineData("--database", "shpo", "shop")]
    public async Task a_name_that_is_not_in_the_project_is_refused_with_those_that_are(string option, string wrong, string right)
    {
        await using var project = await LkProject.CreateAsync("dev", "prod");
        project.Migration("0001_orders", Good);
        string[] arguments = option == "--env" ? ["--env", wrong] : ["--env", "dev", "--database", wrong];
        var result = await project.RunAsync(["migrate", "apply", .. arguments]);
        result.ShouldRefuse(2, "LK1106");
        result.Errors.ShouldContain($"'{wrong}'");
        result.Errors[result.Errors.IndexOf("HINT: ", StringComparison.Ordinal)..].ShouldContain(right);
    }

    [Fact]
    public async Task a_secret_that_is_not_set_is_named()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Good).Variables["URL_DEV"] = null;
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(3, "LK1201");
        result.Errors.ShouldContain("URL_DEV");
        (await project["dev"].HasStoreAsync()).ShouldBeFalse();
    }

    [Theory]
    [InlineData("postgres://anna:s3cr3t-pw@127.0.0.1:70000/shop")]
    [InlineData("postgres://anna:s3cr3t-pw@127.0.0.1:54a/shop")]
    [InlineData("postgres://anna:s3cr3t-pw@127.0.0.1/shop?sslmode=perhaps")]
    [InlineData("postgres://anna:s3cr3t-pw@127.0.0.1/shop?connect_timeout=99999999999")]
    [InlineData("postgres://anna:s3cr3t-pw@127.0.0.1/shop?sslmod=require")]
    [InlineData("mysql://anna:s3cr3t-pw@127.0.0.1/shop")]
    [InlineData("s3cr3t-pw")]
    public async Task a_url_that_cannot_be_read_is_refused_and_not_shown(string url)
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Good).PointTo("dev", url);
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(2, "LK2000");
        (result.Output + result.Errors).ShouldNotContain("s3cr3t-pw");
    }

    [Fact]
    public async Task a_gate_whose_program_is_missing_fails_and_what_was_applied_is_rolled_back()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Configure("dev", "on_failure: rollback").Configure("dev", "gates: [ { name: tests, run: no-such-program-here } ]");
        project.Migration("0001_orders", Good, "DROP TABLE orders;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(5, "LK1500");
        result.Errors.ShouldContain("gate 'tests'");
        result.Errors.ShouldContain("no-such-program-here");
        result.Errors.ShouldContain("127");
        (await project["dev"].ScalarAsync("SELECT to_regclass('orders')::text")).ShouldBeNull();
        (await project.HistoryAsync("dev")).ShouldBe("0001 rolled_back");
    }

    [Fact]
    public async Task a_gate_that_hangs_is_stopped_with_its_children_and_what_was_applied_is_rolled_back()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Configure("dev", "on_failure: rollback").Configure("dev", "gates: [ { name: tests, run: \"echo started; sleep 600 & echo $! > child; wait\", timeout: 1s } ]");
        project.Migration("0001_orders", Good, "DROP TABLE orders;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(5, "LK1500");
        result.Errors.ShouldContain("stopped after its time limit of 1 s");
        result.Errors.ShouldContain("started");
        await ProcessState.GoneAsync(int.Parse(await File.ReadAllTextAsync(Path.Combine(project.Folder, "child"), TestContext.Current.CancellationToken)));
        (await project.HistoryAsync("dev")).ShouldBe("0001 rolled_back");
    }

    [Fact]
    public async Task without_on_failure_a_failed_gate_says_what_is_in_place()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Configure("dev", "gates: [ { name: tests, run: \"false\" } ]").Migration("0001_orders", Good);
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(4, "LK1500");
        result.Output.ShouldContain("in place from this run: 0001");
    }

    [Fact]
    public async Task a_ledger_that_is_not_a_database_stops_the_run_before_a_migration()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.Migration("0001_orders", Good).File(".lockkeeper/state.db", new string('x', 5_000));
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(3, "LK1401");
        result.Errors.ShouldContain("state.db");
        (await project["dev"].ScalarAsync("SELECT to_regclass('orders')::text")).ShouldBeNull();
        (await File.ReadAllTextAsync(Path.Combine(project.Folder, ".lockkeeper/state.db"), TestContext.Current.CancellationToken)).ShouldBe(new string('x', 5_000));
    }
}

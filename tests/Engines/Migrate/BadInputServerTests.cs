using System.Text;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Servers that are down, refuse, or let us do too little.</summary>
public sealed class BadInputServerTests
{
    private const string Good = "CREATE TABLE orders (id bigint PRIMARY KEY);";

    private static async Task<LkProject> ProjectAsync()
    {
        var project = await LkProject.CreateAsync("dev");
        return project.Migration("0001_orders", Good);
    }

    /// <summary>A role of the test's own; it ends with the cluster.</summary>
    private static async Task<string> RoleAsync(TestDatabase database, string attributes)
    {
        var role = $"r_{database.Name}";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'pw' {attributes}");
        return role;
    }

    [Fact]
    public async Task a_server_that_is_down_is_named()
    {
        await using var project = await ProjectAsync();
        var port = FreePort.Find();
        project.PointTo("dev", $"postgres://anna:pw@127.0.0.1:{port}/shop");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(3, "LK2001");
        result.Errors.ShouldContain($"127.0.0.1:{port}/shop");
        var status = await project.RunAsync("migrate", "status");
        status.ShouldShowNoInsides();
        status.Output.ShouldContain("0001");
    }

    [Fact]
    public async Task a_host_that_does_not_exist_is_named()
    {
        await using var project = await ProjectAsync();
        project.PointTo("dev", "postgres://anna:pw@no-such-host.invalid/shop");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(3, "LK2001");
        result.Errors.ShouldContain("no-such-host.invalid");
    }

    [Theory]
    [InlineData("env")]
    [InlineData("plain")]
    [InlineData("parts")]
    public async Task a_wrong_password_is_refused_and_stands_nowhere(string way)
    {
        const string password = "Gr3y-h3r0n/42";
        await using var project = await ProjectAsync();
        var escaped = Uri.EscapeDataString(password);
        project.PointTo("dev", project["dev"].UrlAs("postgres", password));
        project.Variables["LK_TEST_PASSWORD"] = way == "parts" ? escaped : null;
        if (way != "env")
        {
            var yaml = $$"""
                project: test
                databases: { shop: { engine: postgres, migrations: migrations } }
                environments:
                  - name: dev
                    targets: { shop: "{{project["dev"].UrlAs("postgres", way == "plain" ? password : "X").Replace(":X@", ":${env:LK_TEST_PASSWORD}@")}}" }
                """;
            project.File("other.yaml", yaml);
        }

        string[] more = way == "env" ? [] : ["--config", "other.yaml"];
        var text = await project.RunAsync(["migrate", "apply", "--env", "dev", .. more]);
        text.ShouldRefuse(3, "LK2002");
        var json = await project.RunAsync(["migrate", "apply", "--env", "dev", "--json", .. more]);
        json.ExitCode.ShouldBe(3, json.ToString());
        var status = await project.RunAsync(["migrate", "status", .. more]);
        var debug = await LkProcess.RunAsync(new LkCall(["migrate", "apply", "--env", "dev", .. more]) { Folder = project.Folder, Environment = new Dictionary<string, string?>(project.Variables) { ["LK_DEBUG"] = "1" } });
        foreach (var shown in new[] { text, json, status, debug }.Select(result => result.Output + result.Errors).Concat(await KeptAsync(project)))
        {
            shown.ShouldNotContain(password);
            shown.ShouldNotContain(escaped);
        }
    }

    [Fact]
    public async Task a_password_that_is_used_does_not_get_into_the_ledger_or_a_gates_output()
    {
        const string password = "Gr3y-h3r0n/42";
        await using var project = await ProjectAsync();
        var role = $"r_{project["dev"].Name}";
        await project["dev"].ExecuteAsync($"CREATE ROLE {role} LOGIN SUPERUSER PASSWORD '{password}'");
        project.PointTo("dev", project["dev"].UrlAs(role, password));
        project.Configure("dev", "gates: [ { name: leak, run: \"echo pw=$PGPASSWORD url=$DATABASE_URL; env\" } ]");
        project.Migration("0002_leak", $"DO $$ BEGIN RAISE EXCEPTION 'it is {password}'; END $$;");
        var failed = await project.RunAsync("migrate", "apply", "--env", "dev");
        failed.ExitCode.ShouldBe(4, failed.ToString());
        project.Remove("migrations/0002_leak.up.sql");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
        var ledger = await project.RunAsync("ledger", "show", "--json");
        ledger.Output.ShouldContain("pw=");
        foreach (var shown in new[] { failed, result, ledger }.Select(one => one.Output + one.Errors).Concat(await KeptAsync(project)))
        {
            shown.ShouldNotContain(password);
            shown.ShouldNotContain(Uri.EscapeDataString(password));
        }
    }

    [Fact]
    public async Task a_database_that_does_not_exist_is_named()
    {
        await using var project = await ProjectAsync();
        project.PointTo("dev", project["dev"].Url.Replace(project["dev"].Name, "no_such_database"));
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(3, "LK2003");
        result.Errors.ShouldContain("no_such_database");
    }

    [Fact]
    public async Task a_role_that_may_not_make_the_history_is_told_what_to_grant()
    {
        await using var project = await ProjectAsync();
        var role = await RoleAsync(project["dev"], "");
        project.PointTo("dev", project["dev"].UrlAs(role, "pw"));
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(3, "LK2004");
        result.Errors.ShouldContain("CREATE SCHEMA lockkeeper AUTHORIZATION");
        (await project["dev"].StateAsync()).ShouldBe("");
        (await project["dev"].HasStoreAsync()).ShouldBeFalse();

        await project["dev"].ExecuteAsync($"CREATE SCHEMA lockkeeper AUTHORIZATION {role}; GRANT CREATE ON SCHEMA public TO {role}");
        var granted = await project.RunAsync("migrate", "apply", "--env", "dev");
        granted.ExitCode.ShouldBe(0, granted.ToString());
    }

    [Fact]
    public async Task a_role_that_may_not_alter_a_table_is_named_at_the_statement()
    {
        await using var project = await ProjectAsync();
        var role = await RoleAsync(project["dev"], "");
        await project["dev"].ExecuteAsync($"GRANT CREATE ON DATABASE \"{project["dev"].Name}\" TO {role}; GRANT CREATE ON SCHEMA public TO {role}; CREATE TABLE theirs (id int)");
        project.PointTo("dev", project["dev"].UrlAs(role, "pw"));
        project.Migration("0002_theirs", "CREATE TABLE mine (id int);\nALTER TABLE theirs ADD COLUMN a int;");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(4, "LK2004", "migrations/0002_theirs.up.sql:2:1");
        result.Errors.ShouldContain("theirs");
        (await project.HistoryAsync("dev")).ShouldBe("0001 applied");
        (await project["dev"].ScalarAsync("SELECT to_regclass('mine')::text")).ShouldBeNull();
    }

    [Fact]
    public async Task a_role_that_may_not_read_the_history_is_told_so()
    {
        await using var project = await ProjectAsync();
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        project.PointTo("dev", project["dev"].UrlAs(await RoleAsync(project["dev"], ""), "pw"));
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK2004");
        var status = await project.RunAsync("migrate", "status");
        status.ShouldShowNoInsides();
        (status.Output + status.Errors).ShouldContain("permission denied");
    }

    [Fact]
    public async Task a_target_with_read_only_transactions_is_refused_before_anything_runs()
    {
        await using var project = await ProjectAsync();
        await project["dev"].ExecuteAsync($"ALTER DATABASE \"{project["dev"].Name}\" SET default_transaction_read_only = on");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ShouldRefuse(3, "LK3068");
        result.Errors.ShouldContain("default_transaction_read_only");
        (await project.RunAsync("migrate", "plan", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project["dev"].HasStoreAsync()).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task a_role_without_a_free_connection_is_told_so_and_runs_nothing(int limit)
    {
        await using var project = await ProjectAsync();
        var role = await RoleAsync(project["dev"], $"CONNECTION LIMIT {limit}");
        await project["dev"].ExecuteAsync($"GRANT CREATE ON DATABASE \"{project["dev"].Name}\" TO {role}; GRANT CREATE ON SCHEMA public TO {role}");
        project.PointTo("dev", project["dev"].UrlAs(role, "pw"));
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ShouldRefuse(3, "LK2010");
        (await project["dev"].ScalarAsync("SELECT to_regclass('orders')::text")).ShouldBeNull();
    }

    [Fact]
    public async Task two_connections_are_enough()
    {
        await using var project = await ProjectAsync();
        var role = await RoleAsync(project["dev"], "CONNECTION LIMIT 2");
        await project["dev"].ExecuteAsync($"GRANT CREATE ON DATABASE \"{project["dev"].Name}\" TO {role}; GRANT CREATE ON SCHEMA public TO {role}");
        project.PointTo("dev", project["dev"].UrlAs(role, "pw"));
        project.Migration("0002_slow", "SELECT pg_sleep(1.5);");
        var result = await project.RunAsync("migrate", "apply", "--env", "dev");
        result.ExitCode.ShouldBe(0, result.ToString());
    }

    /// <summary>The bytes of everything that lk keeps in the project folder.</summary>
    private static async Task<IEnumerable<string>> KeptAsync(LkProject project)
    {
        var folder = Path.Combine(project.Folder, ".lockkeeper");
        var texts = new List<string>();
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [])
            texts.Add(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)));
        return texts;
    }
}

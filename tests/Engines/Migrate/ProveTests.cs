using System.Text.Json.Nodes;
using Lockkeeper.Tests.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Migrations tried on a shadow: what the server itself says of their locks, rewrites and scans.</summary>
public sealed class ProveTests
{
    private const string Tables =
        """
        CREATE TABLE customers (id int PRIMARY KEY, email text NOT NULL, kind text DEFAULT 'a' CHECK (kind IN ('a', 'b')));
        CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int NOT NULL, total text, placed timestamptz DEFAULT now());
        CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER stamped BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION stamp();
        CREATE INDEX orders_placed ON orders (placed);
        """;

    [Fact]
    public async Task locks_rewrites_scans_and_triggers_of_each_statement_are_those_that_the_server_shows()
    {
        await using var project = await ProjectAsync();
        project.Migration("0001_tables", Tables);
        project.Migration("0002_changes",
            """
            ALTER TABLE orders ADD COLUMN note text;
            ALTER TABLE orders ADD CONSTRAINT of_customer FOREIGN KEY (customer_id) REFERENCES customers NOT VALID;
            ALTER TABLE orders VALIDATE CONSTRAINT of_customer;
            CREATE TABLE fresh (id int);
            CREATE INDEX fresh_id ON fresh (id);
            UPDATE orders SET note = 'x';
            UPDATE orders SET note = 'y' WHERE id = 3;
            ALTER TABLE orders ALTER COLUMN total TYPE numeric USING total::numeric;
            """);
        var migration = await OnlyAsync(project);
        migration["in_transaction"]!.GetValue<bool>().ShouldBeTrue();
        Words(migration, 0).ShouldBe("ACCESS EXCLUSIVE orders [reads writes schema changes] brief");
        Words(migration, 1).ShouldBe("SHARE ROW EXCLUSIVE customers [writes schema changes] brief");
        Words(migration, 2).ShouldContain("scans customers orders");
        Words(migration, 2).ShouldEndWith("blocks_all");
        migration["statements"]![2]!["constraints"]!.ToJsonString().ShouldBe("""[{"name":"of_customer","table":"orders","validated":true}]""");
        Words(migration, 3).ShouldBe("unnoticed");
        Words(migration, 4).ShouldBe("unnoticed");
        Words(migration, 5).ShouldContain("scans orders");
        migration["statements"]![5]!["triggers"]!.ToJsonString().ShouldBe("""["public.stamp() 3 \u00D7"]""");
        Words(migration, 6).ShouldBe("online", "by the primary key no table is read from end to end");
        Words(migration, 7).ShouldContain("rewrites orders");
        migration["verdict"]!.GetValue<string>().ShouldBe("blocks_all");
    }

    [Fact]
    public async Task statements_that_commit_by_themselves_are_seen_while_they_run()
    {
        await using var project = await ProjectAsync();
        project.Migration("0001_tables", Tables);
        project.Migration("0002_indexes",
            """
            CREATE INDEX CONCURRENTLY customers_email ON customers (email);
            DROP INDEX CONCURRENTLY orders_placed;
            REINDEX INDEX CONCURRENTLY orders_pkey;
            VACUUM (FULL) orders;
            """);
        var migration = await OnlyAsync(project);
        migration["in_transaction"]!.GetValue<bool>().ShouldBeFalse();
        Words(migration, 0).ShouldBe("SHARE UPDATE EXCLUSIVE customers [schema changes] scans customers online");
        migration["statements"]![0]!["indexes"]!.ToJsonString().ShouldBe("""[{"name":"customers_email","table":"customers","valid":true}]""");
        Words(migration, 1).ShouldStartWith("SHARE UPDATE EXCLUSIVE orders [schema changes]");
        Words(migration, 2).ShouldStartWith("SHARE UPDATE EXCLUSIVE orders [schema changes]");
        Words(migration, 3).ShouldStartWith("ACCESS EXCLUSIVE orders [reads writes schema changes] rewrites orders");
        migration["statements"]![3]!["verdict"]!.GetValue<string>().ShouldBe("blocks_all");
    }

    [Fact]
    public async Task a_role_that_may_only_read_is_enough_and_nothing_of_the_target_changes()
    {
        await using var project = await ProjectAsync("dev");
        project.Migration("0001_tables", Tables);
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        var dev = project["dev"];
        var role = $"reader_{dev.Name}";
        await dev.ExecuteAsync($"INSERT INTO customers VALUES (1, 'a@example.com'); CREATE ROLE {role} LOGIN PASSWORD 'pw'; CREATE EXTENSION pg_stat_statements; SELECT email FROM customers WHERE id = 1; GRANT pg_read_all_data, pg_read_all_stats TO {role}; ALTER ROLE {role} SET default_transaction_read_only = on; ALTER TABLE customers ADD COLUMN by_hand int");
        project.PointTo("dev", dev.UrlAs(role, "pw"));
        project.Migration("0002_more", "ALTER TABLE customers DROP COLUMN by_hand, ADD COLUMN phone text NOT NULL DEFAULT ''; INSERT INTO customers VALUES (7, 'b@example.com');");
        const string state = "SELECT (SELECT count(*) FROM customers) || ' ' || (SELECT last_value || is_called::text FROM orders_id_seq) || (SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables WHERE relname <> 'lease')";
        var (before, schema) = (await dev.ScalarAsync(state), await Schemas.ReadAsync(dev));
        var database = (await project.JsonAsync("migrate", "prove", "--env", "dev"))["data"]!["databases"]![0]!;
        database["queries"]!["plans_compared"]!.GetValue<bool>().ShouldBeTrue();
        database["queries"]!["checked"]!.GetValue<int>().ShouldBeGreaterThan(0);
        var migration = database["migrations"]![0]!;
        Words(migration, 0).ShouldStartWith("ACCESS EXCLUSIVE customers", customMessage: "the column that was added by hand is in the shadow");
        migration["error"].ShouldBeNull();
        (await dev.ScalarAsync(state)).ShouldBe(before);
        (await Schemas.ReadAsync(dev)).Fingerprint.ShouldBe(schema.Fingerprint);
        (await project.RunAsync("migrate", "prove", "--env", "dev")).ExitCode.ShouldBe(0, "the second one has the schema already");
        (await dev.ScalarAsync("SELECT count(*)::text FROM lockkeeper.migrations")).ShouldBe("1");
        await dev.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
    }

    [Fact]
    public async Task a_migration_that_fails_is_a_finding_with_its_place()
    {
        await using var project = await ProjectAsync();
        project.Migration("0001_tables", Tables);
        project.Migration("0002_wrong", "ALTER TABLE orders ADD COLUMN a int;\n\nALTER TABLE orders\n  DROP COLUMN missing;");
        var result = await project.RunAsync("migrate", "prove");
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain("column \"missing\" of relation \"orders\" does not exist (migrations/0002_wrong.up.sql:3:1)");
        result.Output.ShouldContain("ACCESS EXCLUSIVE on orders");
    }

    [Fact]
    public async Task what_depends_on_rows_is_tried_again_without_them_and_said()
    {
        await using var project = await ProjectAsync();
        project.Migration("0001_tables", Tables);
        project.Migration("0002_not_null", "ALTER TABLE orders ADD COLUMN region text NOT NULL;");
        var result = await project.RunAsync("migrate", "prove");
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain("depends-on-rows: column \"region\" of relation \"orders\" contains null values");
        result.Output.ShouldContain("ACCESS EXCLUSIVE on orders");
    }

    [Fact]
    public async Task a_shadow_of_another_version_says_so_and_knows_a_syntax_that_the_parser_does_not()
    {
        await using var project = await ProjectAsync("dev");
        project.Migration("0001_tables", "CREATE TABLE orders (id int PRIMARY KEY);");
        // SPLIT PARTITION and MERGE … RETURNING came after the grammar that is linked.
        project.Migration("0002_newer", "MERGE INTO orders o USING (SELECT 1 AS id) n ON n.id = o.id WHEN NOT MATCHED THEN INSERT VALUES (n.id) RETURNING o.id;");
        (await project.RunAsync("migrate", "prove")).ExitCode.ShouldBe(1, "15 does not know it either");
        var result = await project.RunAsync("migrate", "prove", "--env", "dev", "--server", "17");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("the target runs PostgreSQL 15, and the shadow 17");
    }

    [Fact]
    public async Task an_interrupted_proof_leaves_nothing_running()
    {
        await using var project = await ProjectAsync();
        project.Migration("0001_tables", Tables);
        project.Migration("0002_slow", "SELECT pg_sleep(600);");
        await using var lk = await project.StartAsync("migrate", "prove");
        await SleepsAsync(project);
        lk.Interrupt();
        (await lk.WaitAsync()).ExitCode.ShouldNotBe(0);
        Directory.EnumerateFiles(project.Folder, "postmaster.pid", SearchOption.AllDirectories).ShouldBeEmpty();
        project.Migration("0002_slow", "SELECT 1;");
        (await project.RunAsync("migrate", "prove")).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "prove", "--fresh")).ExitCode.ShouldBe(0);
        Directory.EnumerateFiles(project.Folder, "postmaster.pid", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    /// <summary>Its shadow server's files are below the project's folder and go with it.</summary>
    internal static async Task<LkProject> ProjectAsync(params string[] environments)
    {
        var project = await LkProject.CreateAsync(environments.Length == 0 ? ["dev"] : environments);
        project.Variables["LK_SANDBOX_FOLDER"] = Path.Combine(project.Folder, "clusters");
        return project;
    }

    /// <summary>Waits until the shadow is in the middle of the slow statement.</summary>
    internal static async Task SleepsAsync(LkProject project)
    {
        await Eventually.TrueAsync(() => Directory.EnumerateFiles(project.Folder, "cluster.json", SearchOption.AllDirectories).Any(), "the shadow server");
        var cluster = JsonNode.Parse(await File.ReadAllTextAsync(Directory.EnumerateFiles(project.Folder, "cluster.json", SearchOption.AllDirectories).Single()))!;
        await using var source = Npgsql.NpgsqlDataSource.Create($"Host=127.0.0.1;Port={cluster["port"]};Username=postgres;Password={cluster["password"]};Database=postgres;Pooling=false");
        for (var found = false; !found; await Task.Delay(25))
        {
            try
            {
                await using var command = source.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%' AND state = 'active'");
                found = (long)(await command.ExecuteScalarAsync())! > 0;
            }
            catch (Npgsql.NpgsqlException)
            {
                // It is not up yet.
            }
        }
    }

    private static async Task<JsonNode> OnlyAsync(LkProject project, params string[] arguments)
    {
        var report = await project.JsonAsync(["migrate", "prove", .. arguments]);
        return report["data"]!["databases"]![0]!["migrations"]!.AsArray().ShouldHaveSingleItem(report.ToJsonString())!;
    }

    /// <summary>A statement in one line: its locks from SHARE UPDATE EXCLUSIVE on, what it reads and writes, the verdict.</summary>
    private static string Words(JsonNode migration, int statement)
    {
        var node = migration["statements"]![statement]!;
        var locks = node["locks"]!.AsArray().Where(held => held!["blocks"]!.AsArray().Count > 0).Select(held => $"{held!["mode"]} {held["relation"]} [{string.Join(' ', held["blocks"]!.AsArray())}]");
        return string.Join(' ', [.. locks, .. List("rewrites"), .. List("scans"), node["verdict"]!.GetValue<string>()]);

        IEnumerable<string> List(string name) => node[name]!.AsArray().Count == 0 ? [] : [$"{name} {string.Join(' ', node[name]!.AsArray())}"];
    }
}

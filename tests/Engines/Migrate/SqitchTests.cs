using Lockkeeper.Kernel.Config;
using Lockkeeper.Migrate.Formats.Sqitch;
using Lockkeeper.Migrate.Series;
using Lockkeeper.Tests.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>goiardi's Sqitch project, by us and by Sqitch itself.</summary>
public sealed class SqitchTests
{
    private const int Changes = 41;

    private static readonly string[] Apply = ["migrate", "apply", "--env", "dev", "--yes"];

    [Fact]
    public async Task goiardi_is_deployed_verified_reverted_to_nothing_and_deployed_again()
    {
        await using var project = await GoiardiAsync();
        project.DatabaseSettings = "verify: true";
        var nothing = await Schemas.ReadAsync(project["dev"]);
        (await ShouldRunAsync(project, Apply)).ShouldContain($"{Changes} applied");
        (await ShouldRunAsync(project, Apply)).ShouldContain("nothing to do");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.migrations WHERE outcome = 'applied'")).ShouldBe($"{Changes}");
        await ShouldRunAsync(project, "migrate", "verify");
        var deployed = await Schemas.ReadAsync(project["dev"]);
        deployed.Objects.Count.ShouldBeGreaterThan(100);

        await ShouldRunAsync(project, "migrate", "rollback", "--env", "dev", "--to", "0", "--yes");
        (await Schemas.ReadAsync(project["dev"])).Fingerprint.ShouldBe(nothing.Fingerprint);
        await ShouldRunAsync(project, Apply);
        (await Schemas.ReadAsync(project["dev"])).Fingerprint.ShouldBe(deployed.Fingerprint);
    }

    [Fact]
    public async Task sqitch_makes_the_same_schema_of_goiardi()
    {
        await using var project = await GoiardiAsync();
        await ShouldRunAsync(project, Apply);
        await using var bySqitch = await TestDatabase.CreateAsync();
        await SqitchTool.OutputAsync(Corpora.Goiardi, bySqitch, "deploy", "--verify");
        await bySqitch.ExecuteAsync("DROP SCHEMA sqitch CASCADE");
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(bySqitch), await Schemas.ReadAsync(project["dev"]));
    }

    [Fact]
    public async Task our_ids_of_changes_tags_and_scripts_are_those_of_sqitch()
    {
        await using var database = await TestDatabase.CreateAsync();
        await SqitchTool.OutputAsync(Corpora.Goiardi, database, "deploy");
        await IdsShouldBeThoseOfAsync(database, Corpora.Goiardi);
    }

    [Fact]
    public async Task ids_of_a_plan_with_everything_in_it_are_those_of_sqitch()
    {
        using var folder = new TestFolder();
        WriteProject(folder.Write);
        await using var database = await TestDatabase.CreateAsync();
        await SqitchTool.OutputAsync(folder.Path, database, "deploy", "--verify");
        await IdsShouldBeThoseOfAsync(database, folder.Path);
    }

    [Fact]
    public async Task a_change_is_reworked_after_it_was_applied_and_its_older_instance_stays_the_applied_one()
    {
        await using var project = await LkProject.CreateAsync("dev", "staging");
        project.Configure("staging", "require_promotion: false");
        WriteProject((name, text) => project.File($"migrations/{name}", text));
        var plan = await File.ReadAllTextAsync(Path.Combine(project.Folder, "migrations/sqitch.plan"), TestContext.Current.CancellationToken);
        var rework = plan.IndexOf("total [total@v1.0]", StringComparison.Ordinal);
        // As it was before the rework: the file of the first instance has its plain name.
        project.File("migrations/sqitch.plan", plan[..rework]);
        var (older, newer) = (Path.Combine(project.Folder, "migrations/deploy/total@v1.0.1.sql"), Path.Combine(project.Folder, "migrations/deploy/total.sql"));
        var texts = (Older: await File.ReadAllTextAsync(older, TestContext.Current.CancellationToken), Newer: await File.ReadAllTextAsync(newer, TestContext.Current.CancellationToken));
        project.File("migrations/deploy/total.sql", texts.Older);
        await ShouldRunAsync(project, Apply);

        project.File("migrations/sqitch.plan", plan);
        project.File("migrations/deploy/total.sql", texts.Newer);
        (await ShouldRunAsync(project, Apply)).ShouldContain("1 applied");
        (await project.HistoryAsync("dev")).ShouldBe("orders applied, items/all applied, total applied, naïve applied, total@v1.0.1+ applied");
        await ShouldRunAsync(project, "migrate", "verify", "--env", "dev", "--scripts");
        await ShouldRunAsync(project, "migrate", "apply", "--env", "staging", "--yes");
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(project["dev"]), await Schemas.ReadAsync(project["staging"]));

        await using var bySqitch = await TestDatabase.CreateAsync();
        await SqitchTool.OutputAsync(Path.Combine(project.Folder, "migrations"), bySqitch, "deploy", "--verify");
        await bySqitch.ExecuteAsync("DROP SCHEMA sqitch CASCADE");
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(bySqitch), await Schemas.ReadAsync(project["dev"]));

        await ShouldRunAsync(project, "migrate", "rollback", "--env", "dev", "--to", "naïve", "--yes");
        (await project["dev"].ScalarAsync("SELECT total()::text")).ShouldBe("1");
        await ShouldRunAsync(project, "migrate", "rollback", "--env", "dev", "--to", "0", "--yes");
    }

    [Fact]
    public async Task a_verify_script_that_fails_undoes_its_migration_and_says_where()
    {
        await using var project = await LkProject.CreateAsync("dev");
        WriteProject((name, text) => project.File($"migrations/{name}", text));
        project.File("migrations/verify/items/all.sql", "BEGIN;\nSELECT note\nFROM items;\nROLLBACK;\n");
        project.DatabaseSettings = "verify: true";
        var failed = await project.RunAsync(Apply);
        failed.ExitCode.ShouldBe(4, failed.ToString());
        failed.Errors.ShouldContain("LK3070: the verify script of items/all failed: column \"note\" does not exist");
        failed.Errors.ShouldContain("at migrations/verify/items/all.sql:2:8");
        (await project.HistoryAsync("dev")).ShouldBe("orders applied");
        (await project["dev"].ScalarAsync("SELECT to_regclass('items')::text")).ShouldBeNull();

        // Without verify it is applied as it is, and lk migrate verify --scripts finds it.
        project.DatabaseSettings = "verify: false";
        await ShouldRunAsync(project, Apply);
        await ShouldRunAsync(project, "migrate", "verify");
        var found = await project.RunAsync("migrate", "verify", "--scripts");
        found.ExitCode.ShouldBe(1, found.ToString());
        found.Output.ShouldContain("verify: the verify script of items/all failed: column \"note\" does not exist");
    }

    [Fact]
    public async Task a_verify_script_changes_nothing_and_sees_the_session_as_it_is_without_the_migration()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.DatabaseSettings = "search_path: [app]";
        await project["dev"].ExecuteAsync("CREATE SCHEMA app");
        project.File("migrations/sqitch.conf", "[deploy]\nverify = true\n");
        project.File("migrations/sqitch.plan", $"%project=p\n\na {By}\nb {By}\n");
        project.File("migrations/deploy/a.sql", "SET search_path = pg_catalog; SET client_min_messages = error; CREATE TABLE app.t (n int);");
        project.File("migrations/verify/a.sql", "INSERT INTO t VALUES (1); SELECT 1 / (current_setting('client_min_messages') <> 'error')::int; SET search_path = public; CREATE TEMP TABLE left_over (n int);");
        project.File("migrations/deploy/b.sql", "SELECT n FROM t; CREATE TEMP TABLE left_over (n int);");
        await ShouldRunAsync(project, Apply);
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM app.t")).ShouldBe("0");
    }

    [Fact]
    public async Task a_migration_without_a_transaction_is_taken_back_by_its_revert_script_when_its_verify_script_fails()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.DatabaseSettings = "verify: true";
        project.File("migrations/sqitch.plan", $"%project=p\n\na {By}\nb {By}\n");
        project.File("migrations/deploy/a.sql", "CREATE TABLE t (n int);");
        project.File("migrations/deploy/b.sql", "CREATE INDEX CONCURRENTLY t_n ON t (n);");
        project.File("migrations/verify/b.sql", "SELECT 1 / 0;");
        var stays = await project.RunAsync(Apply);
        stays.ExitCode.ShouldBe(4, stays.ToString());
        stays.Errors.ShouldContain("The migration is still in place and not recorded");
        (await project.HistoryAsync("dev")).ShouldBe("a applied");
        (await project["dev"].ScalarAsync("SELECT indisvalid::text FROM pg_index WHERE indexrelid = 't_n'::regclass")).ShouldBe("true");

        project.File("migrations/revert/b.sql", "DROP INDEX CONCURRENTLY t_n;");
        var undone = await project.RunAsync(Apply);
        undone.ExitCode.ShouldBe(3, undone.ToString());
        undone.Errors.ShouldContain("The migration was undone.");
        (await project["dev"].ScalarAsync("SELECT to_regclass('t_n')::text")).ShouldBeNull();
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM lockkeeper.intents")).ShouldBe("0");

        project.File("migrations/verify/b.sql", "SELECT 1 / count(*) FROM pg_index WHERE indexrelid = 't_n'::regclass AND indisvalid;");
        await ShouldRunAsync(project, Apply);
        (await project.HistoryAsync("dev")).ShouldBe("a applied, b applied");
    }

    [Fact]
    public async Task the_script_of_a_plan_verifies_too()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.DatabaseSettings = "verify: true";
        WriteProject((name, text) => project.File($"migrations/{name}", text));
        var script = await ShouldRunAsync(project, "migrate", "plan", "--env", "dev", "--script");
        script.ShouldContain("ROLLBACK TO SAVEPOINT lockkeeper_verify;");
        await Psql.OutputAsync(project["dev"].Url, script);
        (await ShouldRunAsync(project, "migrate", "status")).ShouldNotContain("pending 1");
        (await project.HistoryAsync("dev")).ShouldBe("orders applied, items/all applied, total applied, naïve applied, total@v1.0.1+ applied");
    }

    private const string By = "2024-01-31T12:00:00Z Anna Ops <anna@example.org>";

    /// <summary>A project with notes, escapes, tags, names that are not ASCII, a folder, an odd URI and a rework.</summary>
    private static void WriteProject(Func<string, string, string> write)
    {
        write("sqitch.conf", "[core]\n\tengine = pg\n");
        write("sqitch.plan", $"""
            %syntax-version=1.0.0
            %project=shop
            %uri=HTTPS://Example.org:443/a b/%7eshop

            orders {By} # All the orders.\n\nA second paragraph with a \\ in it.
            items/all [orders !pets:dogs] {By} # Ünïcode   
            total [items/all orders] 2024-01-31T12:00:01Z Ärne  Ö <arne@example.org>
            @v1.0 {By} # The first one
            @v1.0.0 {By}

              naïve [@v1.0 total@v1.0] {By}# no blank
            @v1.0.1 {By}
            total [total@v1.0] {By} # Counts twice
            """);
        Scripts("orders", "CREATE TABLE orders (id int PRIMARY KEY);", "DROP TABLE orders;", "SELECT id FROM orders WHERE false;");
        Scripts("items/all", "CREATE TABLE items (id int REFERENCES orders);", "DROP TABLE items;", "SELECT id FROM items WHERE false;");
        Scripts("total@v1.0.1", "CREATE FUNCTION total() RETURNS int LANGUAGE sql AS 'SELECT 1';", "DROP FUNCTION total();", "SELECT 1 / (total() = 1)::int;");
        Scripts("naïve", "CREATE VIEW naïve AS SELECT 1 AS ü;", "DROP VIEW naïve;", "SELECT ü FROM naïve;");
        Scripts("total", "CREATE OR REPLACE FUNCTION total() RETURNS int LANGUAGE sql AS 'SELECT 2';", "CREATE OR REPLACE FUNCTION total() RETURNS int LANGUAGE sql AS 'SELECT 1';", "SELECT 1 / (total() = 2)::int;");

        void Scripts(string name, string deploy, string revert, string verify)
        {
            write($"deploy/{name}.sql", $"-- Deploy shop:{name.Split('@')[0]} to pg\n\nBEGIN;\n\n{deploy}\n\nCOMMIT;\n");
            write($"revert/{name}.sql", $"BEGIN;\n{revert}\nCOMMIT;\n");
            write($"verify/{name}.sql", $"BEGIN;\n{verify}\nROLLBACK;\n");
        }
    }

    private static async Task IdsShouldBeThoseOfAsync(TestDatabase database, string folder)
    {
        var config = new DatabaseConfig { Name = "shop", Engine = "postgres", Migrations = folder };
        var migrations = SeriesReader.Read(config, folder).Migrations;
        (await database.ScalarAsync("SELECT string_agg(change || ' ' || change_id, E'\\n' ORDER BY committed_at) FROM sqitch.changes"))
            .ShouldBe(string.Join('\n', migrations.Select(migration => $"{migration.Sqitch!.Name} {migration.Sqitch.ChangeId}")));
        (await database.ScalarAsync("SELECT string_agg(tag || ' ' || tag_id, E'\\n' ORDER BY committed_at) FROM sqitch.tags"))
            .ShouldBe(string.Join('\n', migrations.SelectMany(migration => migration.Sqitch!.Tags).Select(tag => $"@{tag.Name} {tag.TagId}")));
        (await database.ScalarAsync("SELECT string_agg(script_hash, E'\\n' ORDER BY committed_at) FROM sqitch.changes"))
            .ShouldBe(string.Join('\n', migrations.Select(migration => SqitchIds.OfScript(File.ReadAllBytes(Path.Combine(folder, migration.Up.File))))));
        (await database.ScalarAsync("SELECT string_agg(note, E'\\n' ORDER BY committed_at) FROM sqitch.changes"))
            .ShouldBe(string.Join('\n', migrations.Select(migration => migration.Sqitch!.Note)));
        (await database.ScalarAsync("SELECT uri FROM sqitch.projects")).ShouldBe(SqitchUri.Stored(migrations[0].Sqitch!.ProjectUri!));
    }

    private static async Task<LkProject> GoiardiAsync()
    {
        var project = await LkProject.CreateAsync("dev");
        SqitchTool.Copy(Corpora.Goiardi, project);
        return project;
    }

    private static async Task<string> ShouldRunAsync(LkProject project, params string[] arguments)
    {
        var result = await project.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.ToString());
        return result.Output;
    }
}

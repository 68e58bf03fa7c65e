using Lockkeeper.Tests.Engines.PostgreSql.Schema;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>What tools' own files say beside their statements, on a real server.</summary>
public sealed class ForeignDirectivesTests
{
    private const string HistoryTable = "CREATE TABLE IF NOT EXISTS \"__EFMigrationsHistory\" (\n    \"MigrationId\" character varying(150) NOT NULL,\n    \"ProductVersion\" character varying(32) NOT NULL,\n    CONSTRAINT \"PK___EFMigrationsHistory\" PRIMARY KEY (\"MigrationId\")\n);\n\n";

    [Fact]
    public async Task the_transaction_that_prisma_writes_around_a_changed_enum_becomes_part_of_ours()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.File("migrations/migration_lock.toml", "provider = \"postgresql\"\n");
        project.File("migrations/20240101120000_init/migration.sql", "CREATE TYPE \"Role\" AS ENUM ('USER', 'ADMIN');\nCREATE TABLE \"User\" (\"id\" INTEGER NOT NULL, \"role\" \"Role\" NOT NULL);\n");
        project.File("migrations/20240102120000_empty/migration.sql", "-- This is an empty migration.");
        project.File(
            "migrations/20240103120000_enum/migration.sql",
            "-- AlterEnum\nBEGIN;\nCREATE TYPE \"Role_new\" AS ENUM ('USER');\nALTER TABLE \"User\" ALTER COLUMN \"role\" TYPE \"Role_new\" USING (\"role\"::text::\"Role_new\");\nALTER TYPE \"Role\" RENAME TO \"Role_old\";\nALTER TYPE \"Role_new\" RENAME TO \"Role\";\nDROP TYPE \"Role_old\";\nCOMMIT;\n\n-- AlterTable\nALTER TABLE \"User\" ADD COLUMN \"name\" TEXT;\n");
        await ShouldApplyAsync(project);
        (await project.HistoryAsync("dev")).ShouldBe("20240101120000_init applied, 20240102120000_empty applied, 20240103120000_enum applied");
        (await project["dev"].ScalarAsync("SELECT string_agg(enumlabel, ',') FROM pg_enum")).ShouldBe("USER");

        project.File("migrations/20240104120000_fails/migration.sql", "BEGIN;\nCREATE TABLE gone (x int);\nCOMMIT;\nSELECT 1/0;\n");
        var failed = await project.RunAsync("migrate", "apply", "--env", "dev");
        failed.ExitCode.ShouldBe(3, failed.ToString());
        failed.Errors.ShouldContain("migrations/20240104120000_fails/migration.sql:4:1");
        (await project["dev"].ScalarAsync("SELECT to_regclass('gone')::text")).ShouldBeNull("none of a failed file is in place");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_script_of_ef_core_goes_on_where_ef_core_stopped(bool idempotent)
    {
        await using var project = await LkProject.CreateAsync("dev", "psql");
        var first = HistoryTable + EfMigration("20240101120000_Initial", "CREATE TABLE a (x int);", idempotent);
        var both = first + EfMigration("20240102120000_More", "CREATE TABLE b (x int DEFAULT 1);", idempotent);
        await Psql.OutputAsync(project["psql"].Url, both);

        await Psql.OutputAsync(project["dev"].Url, first);
        project.File("migrations/script.sql", both);
        (await project.RunAsync("migrate", "baseline", "--env", "dev", "--version", "20240101120000", "--yes")).ExitCode.ShouldBe(0);
        await ShouldApplyAsync(project);
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(project["psql"]), await Schemas.ReadAsync(project["dev"]));
        (await project["dev"].ScalarAsync("SELECT string_agg(\"MigrationId\", ',' ORDER BY 1) FROM \"__EFMigrationsHistory\"")).ShouldBe("20240101120000_Initial,20240102120000_More");

        // The next script holds the older migrations again.
        project.File("migrations/script.sql", both + EfMigration("20240103120000_Last", "CREATE TABLE c (x int);", idempotent));
        await ShouldApplyAsync(project);
        (await project.HistoryAsync("dev")).ShouldEndWith("20240102120000 applied, 20240103120000 applied");
        (await project.RunAsync("migrate", "verify")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_script_of_ef_core_from_a_later_migration_does_not_need_the_history_to_be_there()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.File("migrations/script.sql", EfMigration("20240102120000_More", "CREATE TABLE b (x int);", idempotent: false));
        await ShouldApplyAsync(project);
        (await project["dev"].ScalarAsync("SELECT \"MigrationId\" FROM \"__EFMigrationsHistory\"")).ShouldBe("20240102120000_More");
    }

    [Fact]
    public async Task structure_sql_of_rails_makes_the_database_that_it_was_dumped_from()
    {
        await using var project = await LkProject.CreateAsync("dev", "staging");
        project.Configure("staging", "require_promotion: false");
        await using var source = await TestDatabase.CreateAsync();
        await Psql.OutputAsync(source.Url, Schemas.Everything + "\nCREATE TABLE schema_migrations (version character varying NOT NULL PRIMARY KEY);");
        project.File("db/structure.sql", await Schemas.DumpAsync(source) + "SET search_path TO \"$user\", public;\n\nINSERT INTO \"schema_migrations\" (version) VALUES\n('20240301120000'),\n('20240101120000');\n\n");
        project.DatabaseSettings = "";
        project.MigrationsPath = "db/structure.sql";
        await ShouldApplyAsync(project);
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(source), await Schemas.ReadAsync(project["dev"]));
        (await project.HistoryAsync("dev")).ShouldBe("B:20240301120000 applied");
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM schema_migrations")).ShouldBe("2");
        (await project.RunAsync("migrate", "verify", "--env", "dev")).ExitCode.ShouldBe(0);

        // A database that Rails has made already is at that version without running anything.
        await Psql.OutputAsync(project["staging"].Url, Schemas.Everything);
        (await project.RunAsync("migrate", "baseline", "--env", "staging", "--version", "20240301120000", "--yes")).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "apply", "--env", "staging")).ExitCode.ShouldBe(0);
        (await project.HistoryAsync("staging")).ShouldBe("B:20240301120000 baseline");
    }

    [Fact]
    public async Task grate_runs_up_once_views_when_they_change_and_permissions_each_time()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.DatabaseSettings = "placeholders: { who: anna }";
        project.File("migrations/beforeMigration/ran.sql", "CREATE TABLE IF NOT EXISTS ran (n int GENERATED ALWAYS AS IDENTITY, what text); INSERT INTO ran (what) VALUES ('before');");
        project.File("migrations/up/0001_orders.sql", "CREATE TABLE orders (id int, owner text DEFAULT '{{who}}'); INSERT INTO ran (what) VALUES ('up');");
        project.File("migrations/views/open.sql", "CREATE OR REPLACE VIEW open_orders AS SELECT * FROM orders; INSERT INTO ran (what) VALUES ('view');");
        project.File("migrations/permissions/grants.sql", "GRANT SELECT ON orders TO PUBLIC; INSERT INTO ran (what) VALUES ('grants');");
        project.File("migrations/up/0002_data.ENV.TEST.sql", "SELECT 1/0;");
        await ShouldApplyAsync(project);
        (await RanAsync(project)).ShouldBe("before, up, view, grants");
        await ShouldApplyAsync(project);
        (await RanAsync(project)).ShouldBe("before, up, view, grants, before, grants");
        project.File("migrations/views/open.sql", "CREATE OR REPLACE VIEW open_orders AS SELECT * FROM orders WHERE id > 0; INSERT INTO ran (what) VALUES ('view 2');");
        await ShouldApplyAsync(project);
        (await RanAsync(project)).ShouldBe("before, up, view, grants, before, grants, before, view 2, grants");
        (await project["dev"].ScalarAsync("SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'orders'::regclass")).ShouldBe("'anna'::text");
        (await project.RunAsync("migrate", "status")).Output.ShouldContain("disabled");
    }

    [Fact]
    public async Task a_checkpoint_of_atlas_stands_for_the_files_before_it_on_an_empty_database_only()
    {
        await using var project = await LkProject.CreateAsync("dev", "staging");
        project.Configure("staging", "require_promotion: false");
        List<(string, string)> files = [("1_a.sql", "CREATE TABLE a (x int);\n"), ("2_b.sql", "CREATE TABLE b (x int);\n")];
        PutAtlas(project, files);
        await ShouldApplyAsync(project);
        files.AddRange([("3_checkpoint.sql", "-- atlas:checkpoint\n\nCREATE TABLE a (x int);\nCREATE TABLE b (x int);\n"), ("4_c.sql", "-- atlas:delimiter -- end\n\nCREATE TABLE c (x int)\n-- end\nCREATE TABLE d (x text DEFAULT '-- end')\n-- end\n")]);
        PutAtlas(project, files);
        await ShouldApplyAsync(project);
        (await project.HistoryAsync("dev")).ShouldBe("1 applied, 2 applied, 4 applied");
        (await project.RunAsync("migrate", "apply", "--env", "staging")).ExitCode.ShouldBe(0);
        (await project.HistoryAsync("staging")).ShouldBe("B:3 applied, 4 applied");
        Schemas.ShouldBeTheSame(await Schemas.ReadAsync(project["dev"]), await Schemas.ReadAsync(project["staging"]));
    }

    [Fact]
    public async Task a_file_that_was_edited_behind_atlas_sum_stops_every_command_before_anything_runs()
    {
        await using var project = await LkProject.CreateAsync("dev");
        PutAtlas(project, [("1_a.sql", "CREATE TABLE a (x int);\n"), ("2_b.sql", "CREATE TABLE b (x int);\n")]);
        project.File("migrations/2_b.sql", "CREATE TABLE b (x bigint);\n");
        foreach (var verb in (string[][])[["apply", "--env", "dev"], ["status"], ["verify"], ["plan", "--env", "dev"]])
        {
            var refused = await project.RunAsync(["migrate", .. verb]);
            refused.ExitCode.ShouldBe(5, refused.ToString());
            refused.Errors.ShouldContain("migrations/2_b.sql is not the file that migrations/atlas.sum was written for");
        }

        (await project["dev"].ScalarAsync("SELECT to_regclass('a')::text")).ShouldBeNull();
    }

    [Fact]
    public async Task variables_of_goose_come_from_the_placeholders()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.File("migrations/00001_a.sql", "-- +goose Up\n-- +goose ENVSUB ON\nCREATE TABLE ${TABLE} (x int);\n-- +goose ENVSUB OFF\nDO $$ BEGIN END $$;\n-- +goose Down\n-- +goose ENVSUB ON\nDROP TABLE ${TABLE};\n");
        var refused = await project.RunAsync("migrate", "apply", "--env", "dev");
        refused.Errors.ShouldContain("the placeholder ${TABLE} has no value");
        refused.Errors.ShouldContain("migrations/00001_a.sql:3:14");
        project.DatabaseSettings = "placeholders: { TABLE: orders }";
        await ShouldApplyAsync(project);
        (await project["dev"].ScalarAsync("SELECT to_regclass('orders')::text")).ShouldBe("orders");
        (await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes")).ExitCode.ShouldBe(0);
        (await project["dev"].ScalarAsync("SELECT to_regclass('orders')::text")).ShouldBeNull();
    }

    [Theory]
    [InlineData("goose", "00001_größer als zuvor.sql", "\uFEFF-- +goose Up\r\nCREATE TABLE a (x int);\r\n-- +goose Down\r\nDROP TABLE a;\r\nDROP TABLE nobody;\r\n", "5:1")]
    [InlineData("dbmate", "20240101120000 größer.sql", "\uFEFF-- migrate:up\r\nCREATE TABLE a (x int);\r\n-- migrate:down\r\n\r\nDROP TABLE nobody;\r\n", "5:1")]
    public async Task windows_files_with_odd_names_run_and_an_error_on_the_way_back_has_its_line(string format, string file, string text, string place)
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.File($"migrations/{file}", text);
        await ShouldApplyAsync(project);
        (await project.RunAsync("migrate", "status")).Output.ShouldContain($"format {format}");
        var failed = await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes");
        failed.ExitCode.ShouldBe(3, failed.ToString());
        failed.Errors.ShouldContain($"migrations/{file}:{place}");
        (await project["dev"].ScalarAsync("SELECT to_regclass('a')::text")).ShouldBe("a");
    }

    private static async Task ShouldApplyAsync(LkProject project)
    {
        var applied = await project.RunAsync("migrate", "apply", "--env", "dev", "--yes");
        applied.ExitCode.ShouldBe(0, applied.ToString());
    }

    private static Task<string?> RanAsync(LkProject project) => project["dev"].ScalarAsync("SELECT string_agg(what, ', ' ORDER BY n) FROM ran");

    private static void PutAtlas(LkProject project, IReadOnlyList<(string File, string Text)> files)
    {
        foreach (var (file, text) in files)
            project.File($"migrations/{file}", text);
        project.File("migrations/atlas.sum", ForeignLayout.AtlasSum(files));
    }

    private static string EfMigration(string id, string statement, bool idempotent)
    {
        var row = $"INSERT INTO \"__EFMigrationsHistory\" (\"MigrationId\", \"ProductVersion\")\n    VALUES ('{id}', '8.0.0');";
        return $"START TRANSACTION;\n\n{Block(statement)}\n\n{Block(row)}\n\nCOMMIT;\n\n";

        string Block(string sql) => !idempotent ? sql : $"DO $EF$\nBEGIN\n    IF NOT EXISTS(SELECT 1 FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" = '{id}') THEN\n    {sql}\n    END IF;\nEND $EF$;";
    }
}

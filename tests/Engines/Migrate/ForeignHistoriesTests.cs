using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Databases whose histories were written as the tools write them, adopted and kept up to date.</summary>
public sealed class ForeignHistoriesTests
{
    private static readonly string[] Adopt = ["migrate", "adopt", "--env", "dev", "--yes"];
    private static readonly string[] Apply = ["migrate", "apply", "--env", "dev", "--yes"];

    private static readonly Written[] Series =
    [
        new("first", "CREATE TABLE a (x int);\n", "DROP TABLE a;\n"), new("second", "CREATE TABLE b (x int);\n", "DROP TABLE b;\n"), new("third_step", "CREATE TABLE c (x int);\nCREATE TABLE d (x int);\n", "DROP TABLE d;\nDROP TABLE c;\n"),
    ];

    [Theory]
    [InlineData("diesel", "SELECT string_agg(version, ',' ORDER BY version) FROM __diesel_schema_migrations", "20240101000001,20240101000002,20240101000003")]
    [InlineData("sqlx", "SELECT string_agg(concat_ws(' ', version, description, success, length(checksum), execution_time > 0), ',' ORDER BY version) FROM _sqlx_migrations", "20240101000001 first t 48 t,20240101000002 second t 48 t,20240101000003 third step t 48 t")]
    [InlineData("prisma", "SELECT string_agg(concat_ws(' ', migration_name, length(id), finished_at >= started_at, applied_steps_count), ',' ORDER BY migration_name) FROM _prisma_migrations WHERE rolled_back_at IS NULL", "20240101000001_first 36 t 1,20240101000002_second 36 t 1,20240101000003_third_step 36 t 1")]
    [InlineData("supabase", "SELECT string_agg(concat_ws(' ', version, name, array_length(statements, 1)), ',' ORDER BY version) FROM supabase_migrations.schema_migrations", "20240101000001 first 1,20240101000002 second 1,20240101000003 third_step 2")]
    [InlineData("evolve", "SELECT string_agg(concat_ws(' ', type, version, description, name, length(checksum), success), ',' ORDER BY id) FROM changelog WHERE type = 0", "0 1 first V1__first.sql 32 t,0 2 second V2__second.sql 32 t,0 3 third step V3__third_step.sql 32 t")]
    [InlineData("atlas", "SELECT string_agg(concat_ws(' ', version, description, type, applied, total, execution_time > 0, length(hash)), ',' ORDER BY version) FROM atlas_schema_revisions.atlas_schema_revisions WHERE version LIKE '2%'", "20240101000001 first 2 1 1 t 44,20240101000002 second 2 1 1 t 44,20240101000003 third_step 2 2 2 t 44")]
    [InlineData("ef-core", "SELECT string_agg(\"MigrationId\" || ' ' || \"ProductVersion\", ',' ORDER BY 1) FROM \"__EFMigrationsHistory\"", "20240101000001_first 8.0.0,20240101000002_second 8.0.0,20240101000003_third_step 8.0.0")]
    [InlineData("drizzle", "SELECT string_agg(concat_ws(' ', length(hash), created_at), ',' ORDER BY id) FROM drizzle.__drizzle_migrations", "64 1700000000000,64 1700000000001,64 1700000000002")]
    [InlineData("grate", "SELECT string_agg(concat_ws(' ', version_id, script_name, length(text_hash), one_time_script, entered_by IS NOT NULL, length(text_of_script)), ',' ORDER BY id) FROM grate.\"ScriptsRun\"", "1 20240101000001_first.sql 24 t t 24,1 20240101000002_second.sql 24 t t 24,1 20240101000003_third_step.sql 24 t t 48")]
    public async Task a_history_is_taken_over_and_told_of_what_comes_later_as_the_tool_would_write_it(string tool, string rows, string expected)
    {
        await using var project = await ProjectAsync(tool, HistoryOf(tool));
        var adopted = await project.RunAsync(Adopt);
        adopted.ExitCode.ShouldBe(0, adopted.ToString());
        adopted.Output.ShouldContain("the live schema is the same");
        (await project.RunAsync("migrate", "status", "--env", "dev")).ExitCode.ShouldBe(0);

        ForeignLayout.Put(project, tool, Laid(tool, 3));
        var applied = await project.RunAsync(Apply);
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (await project["dev"].ScalarAsync(rows)).ShouldBe(expected);
        (await project.RunAsync("migrate", "verify", "--env", "dev")).ExitCode.ShouldBe(0);
        if (tool is not ("diesel" or "sqlx"))
            return;
        var back = await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes");
        back.ExitCode.ShouldBe(0, back.ToString());
        (await project["dev"].ScalarAsync(rows)).ShouldBe(expected[..expected.LastIndexOf(',')]);
    }

    [Theory]
    [InlineData("sqlx")]
    [InlineData("prisma")]
    [InlineData("evolve")]
    [InlineData("atlas")]
    [InlineData("drizzle")]
    [InlineData("grate")]
    public async Task a_file_that_was_edited_after_the_tool_applied_it_is_known_by_its_checksum(string tool)
    {
        await using var project = await ProjectAsync(tool, HistoryOf(tool));
        ForeignLayout.Put(project, tool, [Laid(tool, 2)[0], Laid(tool, 2)[1] with { Up = "CREATE TABLE b (x int); -- as it was\n" }]);
        var refused = await project.RunAsync(Adopt);
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("is not what was applied");
        (await project.RunAsync([.. Adopt, "--accept-edited"])).ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("sqlx", "SELECT string_agg(encode(checksum, 'hex'), ',' ORDER BY version) FROM _sqlx_migrations")]
    [InlineData("prisma", "SELECT string_agg(checksum, ',' ORDER BY migration_name) FROM _prisma_migrations WHERE rolled_back_at IS NULL")]
    [InlineData("evolve", "SELECT string_agg(checksum, ',' ORDER BY id) FROM changelog WHERE type = 0")]
    [InlineData("atlas", "SELECT string_agg(hash, ',' ORDER BY version) FROM atlas_schema_revisions.atlas_schema_revisions WHERE version LIKE '2%'")]
    [InlineData("drizzle", "SELECT string_agg(hash, ',' ORDER BY id) FROM drizzle.__drizzle_migrations")]
    [InlineData("grate", "SELECT string_agg(text_hash, ',' ORDER BY id) FROM grate.\"ScriptsRun\"")]
    public async Task repairing_an_edited_file_renews_the_checksum_in_the_tools_table_too(string tool, string checksums)
    {
        await using var project = await ProjectAsync(tool, HistoryOf(tool));
        (await project.RunAsync(Adopt)).ExitCode.ShouldBe(0);
        var before = (await project["dev"].ScalarAsync(checksums))!.Split(',');
        ForeignLayout.Put(project, tool, [Laid(tool, 2)[0] with { Up = "CREATE TABLE a (x int); -- it's edited\n" }, Laid(tool, 2)[1]]);
        (await project.RunAsync(Apply)).ExitCode.ShouldBe(5);
        var repaired = await project.RunAsync("migrate", "repair", "--env", "dev", "--yes");
        repaired.ExitCode.ShouldBe(0, repaired.ToString());
        var after = (await project["dev"].ScalarAsync(checksums))!.Split(',');
        after[0].ShouldNotBe(before[0]);
        // Atlas' hashes cover the files before theirs, too.
        if (tool == "atlas")
            after[1].ShouldNotBe(before[1]);
        else
            after[1].ShouldBe(before[1]);
        // The file as it was has the checksum that the tool wrote.
        ForeignLayout.Put(project, tool, Laid(tool, 2));
        (await project.RunAsync("migrate", "repair", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        (await project["dev"].ScalarAsync(checksums))!.Split(',').ShouldBe(before);
    }

    [Theory]
    [InlineData("sqlx", "UPDATE _sqlx_migrations SET success = false WHERE version = 20240101000002")]
    [InlineData("prisma", "UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '20240101000002_second'")]
    [InlineData("atlas", "UPDATE atlas_schema_revisions.atlas_schema_revisions SET applied = 0, error = 'no' WHERE version = '20240101000002'")]
    [InlineData("evolve", "UPDATE changelog SET success = false WHERE version = '2'")]
    public async Task a_migration_that_failed_there_stops_the_adoption(string tool, string fail)
    {
        await using var project = await ProjectAsync(tool, HistoryOf(tool) + fail);
        var refused = await project.RunAsync(Adopt);
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("left behind");
        (await project["dev"].ScalarAsync("SELECT to_regnamespace('lockkeeper')::text")).ShouldBeNull();
    }

    private static async Task<LkProject> ProjectAsync(string tool, string history)
    {
        var project = await LkProject.CreateAsync("dev");
        project.DatabaseSettings = tool is "evolve" or "supabase" or "sqlx" ? $"format: {tool}" : "";
        ForeignLayout.Put(project, tool, Laid(tool, 2));
        await Psql.OutputAsync(project["dev"].Url, Series[0].Up + Series[1].Up + history);
        return project;
    }

    private static IReadOnlyList<Written> Laid(string tool, int count) => [.. Series.Take(count).Select(written => tool is "diesel" or "sqlx" ? written : written with { Down = null })];

    /// <summary>The table as the tool makes it, with its rows for the first two migrations.</summary>
    private static string HistoryOf(string tool)
    {
        var bytes = ForeignLayout.Of(tool, Laid(tool, 2)).Where(file => !file.File.EndsWith(".down.sql", StringComparison.Ordinal)).Select(file => Encoding.UTF8.GetBytes(file.Text)).ToList();
        return tool switch
        {
            "diesel" => "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);\nINSERT INTO __diesel_schema_migrations (version) VALUES ('20240101000001'), ('20240101000002');\n",
            "sqlx" => $"CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL);\nINSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (20240101000001, 'first', true, '\\x{Convert.ToHexString(SHA384.HashData(bytes[0]))}', 7), (20240101000002, 'second', true, '\\x{Convert.ToHexString(SHA384.HashData(bytes[1]))}', 7);\n",
            "prisma" => $"CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0);\nINSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, rolled_back_at, started_at, applied_steps_count) VALUES (gen_random_uuid(), '{Convert.ToHexStringLower(SHA256.HashData(bytes[0]))}', now(), '20240101000001_first', NULL, now(), 1), (gen_random_uuid(), 'gone', NULL, '20240101000002_second', now(), now(), 0), (gen_random_uuid(), '{Convert.ToHexStringLower(SHA256.HashData(bytes[1]))}', now(), '20240101000002_second', NULL, now(), 1);\n",
            "supabase" => "CREATE SCHEMA supabase_migrations;\nCREATE TABLE supabase_migrations.schema_migrations (version text NOT NULL PRIMARY KEY, statements text[], name text);\nINSERT INTO supabase_migrations.schema_migrations VALUES ('20240101000001', ARRAY['CREATE TABLE a (x int)'], 'first'), ('20240101000002', ARRAY['CREATE TABLE b (x int)'], 'second');\n",
            "evolve" => $"CREATE TABLE changelog (id SERIAL PRIMARY KEY NOT NULL, type SMALLINT, version VARCHAR(50), description VARCHAR(200) NOT NULL, name VARCHAR(300) NOT NULL, checksum VARCHAR(32), installed_by VARCHAR(100) NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT now(), success BOOLEAN NOT NULL);\nINSERT INTO changelog (type, version, description, name, checksum, installed_by, success) VALUES (2, '0', 'Empty schema found: public.', 'public', NULL, 'evolve', true), (0, '1', 'first', 'V1__first.sql', '{Md5(bytes[0])}', 'evolve', true), (0, '2', 'second', 'V2__second.sql', '{Md5(bytes[1])}', 'evolve', true);\n",
            "atlas" => "CREATE SCHEMA atlas_schema_revisions;\nCREATE TABLE atlas_schema_revisions.atlas_schema_revisions (version character varying NOT NULL, description character varying NOT NULL, type bigint NOT NULL DEFAULT 2, applied bigint NOT NULL DEFAULT 0, total bigint NOT NULL DEFAULT 0, executed_at timestamptz NOT NULL, execution_time bigint NOT NULL, error text NULL, error_stmt text NULL, hash character varying NOT NULL, partial_hashes jsonb NULL, operator_version character varying NOT NULL, PRIMARY KEY (version));\n"
                + $"INSERT INTO atlas_schema_revisions.atlas_schema_revisions VALUES ('.atlas_cloud_identifier', 'x', 4, 0, 0, now(), 0, NULL, NULL, '', NULL, 'Atlas CLI'), ('20240101000001', 'first', 2, 1, 1, now(), 7, '', '', '{AtlasHash(0)}', NULL, 'Atlas CLI'), ('20240101000002', 'second', 2, 1, 1, now(), 7, '', '', '{AtlasHash(1)}', 'null', 'Atlas CLI');\n",
            "drizzle" => $"CREATE SCHEMA drizzle;\nCREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint);\nINSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('{Convert.ToHexStringLower(SHA256.HashData(bytes[0]))}', 1700000000000), ('{Convert.ToHexStringLower(SHA256.HashData(bytes[1]))}', 1700000000001);\n",
            "grate" => "CREATE SCHEMA grate;\nCREATE TABLE grate.\"Version\" (id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, repository_path varchar(255), version varchar(50), entry_date timestamp, modified_date timestamp, entered_by varchar(50), CONSTRAINT PK_Version_id PRIMARY KEY (id));\nINSERT INTO grate.\"Version\" (version) VALUES ('0.0.0.1');\nCREATE TABLE grate.\"ScriptsRun\" (id bigint GENERATED ALWAYS AS IDENTITY NOT NULL, version_id bigint, script_name varchar(255), text_of_script text, text_hash varchar(512), one_time_script boolean, entry_date timestamp, modified_date timestamp, entered_by varchar(50), CONSTRAINT PK_ScriptsRun_id PRIMARY KEY (id));\n"
                + $"INSERT INTO grate.\"ScriptsRun\" (version_id, script_name, text_of_script, text_hash, one_time_script, entry_date, modified_date, entered_by) VALUES (1, '20240101000001_first.sql', '{Encoding.UTF8.GetString(bytes[0])}', '{Base64Md5(bytes[0])}', true, now(), now(), 'ann'), (1, '20240101000002_second.sql', '{Encoding.UTF8.GetString(bytes[1])}', '{Base64Md5(bytes[1])}', true, now(), now(), 'ann');\n",
            "ef-core" => "CREATE TABLE \"__EFMigrationsHistory\" (\"MigrationId\" character varying(150) NOT NULL, \"ProductVersion\" character varying(32) NOT NULL, CONSTRAINT \"PK___EFMigrationsHistory\" PRIMARY KEY (\"MigrationId\"));\nINSERT INTO \"__EFMigrationsHistory\" VALUES ('20240101000001_first', '8.0.0'), ('20240101000002_second', '8.0.0');\n",
            _ => throw new ArgumentOutOfRangeException(nameof(tool), tool, null),
        };
    }

    private static string AtlasHash(int index) => ForeignLayout.Of("atlas", Laid("atlas", 2))[^1].Text.Split('\n')[index + 1].Split("h1:")[1];

#pragma warning disable CA5351 // What Evolve writes.
    private static string Md5(byte[] bytes) => Convert.ToHexString(MD5.HashData(bytes));

    private static string Base64Md5(byte[] bytes) => Convert.ToBase64String(MD5.HashData(bytes));
#pragma warning restore CA5351
}

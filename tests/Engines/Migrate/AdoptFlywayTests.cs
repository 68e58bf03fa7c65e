using Lockkeeper.Migrate.Adoption;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Flyway's table as Flyway documents and writes it; the tool itself cannot be installed by the test's package managers.</summary>
public sealed class AdoptFlywayTests
{
    /// <summary>PostgreSQLDatabase.getRawCreateScript of Flyway.</summary>
    private const string Table = """
        CREATE TABLE public.flyway_schema_history (
            installed_rank INT NOT NULL, version VARCHAR(50), description VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, checksum INTEGER,
            installed_by VARCHAR(100) NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT now(), execution_time INTEGER NOT NULL, success BOOLEAN NOT NULL);
        ALTER TABLE public.flyway_schema_history ADD CONSTRAINT flyway_schema_history_pk PRIMARY KEY (installed_rank);
        CREATE INDEX flyway_schema_history_s_idx ON public.flyway_schema_history (success);
        """;

    private const string Orders = "CREATE TABLE orders (id bigint PRIMARY KEY);\n";
    private const string Notes = "ALTER TABLE orders ADD note text;\n";
    private const string View = "CREATE OR REPLACE VIEW ${view} AS SELECT id FROM orders;\n";

    private static readonly string[] Adopting = ["migrate", "adopt", "--env", "dev"];
    private static readonly string[] AdoptingForGood = [.. Adopting, "--yes"];

    [Fact]
    public async Task versions_and_repeatable_files_are_verified_by_their_checksums_and_the_rows_go_on_as_flyway_writes_them()
    {
        await using var project = await ProjectAsync();
        var adopted = await project.RunAsync(AdoptingForGood);
        adopted.ExitCode.ShouldBe(0, adopted.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("1 applied, 1.1 applied, R:shown orders applied");
        (await project["dev"].ScalarAsync("SELECT applied_by || ' ' || (applied_at = '2024-05-01 10:00:00+00')::text FROM lockkeeper.migrations WHERE id = '1'")).ShouldBe("ada true");

        const string more = "CREATE TABLE more (id int);\n";
        project.File("migrations/sub/V2__more_tables.sql", more);
        project.File("migrations/sub/U2__more_tables.sql", "DROP TABLE more;\n");
        project.File("migrations/R__shown_orders.sql", View + "COMMENT ON VIEW ${view} IS 'all';\n");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        var replaced = (View + "COMMENT ON VIEW ${view} IS 'all';\n").Replace("${view}", "shown", StringComparison.Ordinal);
        (await RowsAsync(project, after: 4)).ShouldBe(
            $"5|2|more tables|SQL|sub/V2__more_tables.sql|{FlywayChecksum.Of(more)}|postgres|true 6||shown orders|SQL|R__shown_orders.sql|{FlywayChecksum.Of(replaced)}|postgres|true");
        (await project.RunAsync("migrate", "status", "--env", "dev")).ExitCode.ShouldBe(0);

        (await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes")).ExitCode.ShouldBe(0);
        (await RowsAsync(project, after: 6)).ShouldBe($"7|2|more tables|UNDO_SQL|sub/U2__more_tables.sql|{FlywayChecksum.Of("DROP TABLE more;\n")}|postgres|true");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await RowsAsync(project, after: 7)).ShouldStartWith("8|2|more tables|SQL|");
    }

    [Fact]
    public async Task an_edited_file_is_named_with_both_checksums_and_taken_when_that_is_accepted()
    {
        await using var project = await ProjectAsync();
        project.File("migrations/V1_1__notes.sql", Notes + "-- edited\n");
        var report = await project.RunAsync(Adopting);
        report.ExitCode.ShouldBe(1, report.ToString());
        report.Output.ShouldContain("edited");
        report.Output.ShouldContain(FlywayChecksum.Of(Notes));
        var refused = await project.RunAsync(AdoptingForGood);
        refused.ExitCode.ShouldBe(5, refused.ToString());
        refused.Errors.ShouldContain("1.1: migrations/V1_1__notes.sql is not what was applied");
        (await project.RunAsync([.. AdoptingForGood, "--accept-edited"])).ExitCode.ShouldBe(0);
        (await project.RunAsync("migrate", "verify", "--env", "dev")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task a_checksum_of_an_older_flyway_is_no_edit()
    {
        await using var project = await ProjectAsync();
        await project["dev"].ExecuteAsync($"UPDATE flyway_schema_history SET checksum = {FlywayChecksum.OlderOf(Orders).First()} WHERE version = '1'");
        var report = await project.RunAsync(Adopting);
        report.ExitCode.ShouldBe(0, report.ToString());
        report.Output.ShouldContain("of an older Flyway");
    }

    [Fact]
    public async Task a_failed_row_is_named_with_what_to_look_at_and_nothing_accepts_it()
    {
        await using var project = await ProjectAsync();
        await project["dev"].ExecuteAsync("UPDATE flyway_schema_history SET success = false WHERE version = '1.1'");
        var report = await project.RunAsync(Adopting);
        report.ExitCode.ShouldBe(1, report.ToString());
        report.Output.ShouldContain("flyway repair");
        var refused = await project.RunAsync([.. AdoptingForGood, "--accept-drift", "--accept-edited", "--accept-missing"]);
        refused.ExitCode.ShouldBe(5, refused.ToString());
        (await project["dev"].ScalarAsync("SELECT to_regnamespace('lockkeeper')::text")).ShouldBeNull();
    }

    [Fact]
    public async Task what_lies_below_a_baseline_counts_as_in_place_and_is_not_run()
    {
        await using var project = await ProjectAsync();
        await project["dev"].ExecuteAsync(
            "DELETE FROM flyway_schema_history WHERE version = '1'; UPDATE flyway_schema_history SET type = 'BASELINE', description = '<< Flyway Baseline >>', script = '<< Flyway Baseline >>', checksum = NULL WHERE version = '1.1'");
        var adopted = await project.RunAsync(AdoptingForGood);
        adopted.ExitCode.ShouldBe(0, adopted.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("1 baseline, 1.1 baseline, R:shown orders applied");
        (await project.RunAsync("migrate", "status", "--env", "dev")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task deleted_and_undone_rows_are_not_in_place()
    {
        await using var project = await ProjectAsync();
        await project["dev"].ExecuteAsync(
            """
            ALTER TABLE orders DROP note;
            INSERT INTO flyway_schema_history VALUES (5, '1.1', 'notes', 'UNDO_SQL', 'U1_1__notes.sql', 1, 'ada', now(), 1, true),
                (6, '0.5', 'gone', 'SQL', 'V0_5__gone.sql', 7, 'ada', now(), 1, true), (7, '0.5', 'gone', 'DELETE', 'V0_5__gone.sql', 7, 'ada', now(), 0, true)
            """);
        var adopted = await project.RunAsync(AdoptingForGood);
        adopted.ExitCode.ShouldBe(0, adopted.ToString());
        (await project.HistoryAsync("dev")).ShouldBe("1 applied, R:shown orders applied");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project.HistoryAsync("dev")).ShouldBe("1 applied, R:shown orders applied, 1.1 applied");
    }

    [Fact]
    public async Task a_table_under_another_name_is_known_by_its_columns()
    {
        await using var project = await ProjectAsync();
        await project["dev"].ExecuteAsync("CREATE SCHEMA ops; ALTER TABLE flyway_schema_history SET SCHEMA ops; ALTER TABLE ops.flyway_schema_history RENAME TO deployed");
        var nothing = await project.RunAsync(Adopting);
        nothing.ExitCode.ShouldBe(2, nothing.ToString());
        nothing.Errors.ShouldContain("LK3081");
        (await project.RunAsync([.. AdoptingForGood, "--table", "ops.deployed", "--accept-drift"])).ExitCode.ShouldBe(0);
        project.File("migrations/V2__more.sql", "CREATE TABLE more ();\n");
        (await project.RunAsync("migrate", "apply", "--env", "dev")).ExitCode.ShouldBe(0);
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM ops.deployed WHERE version = '2'")).ShouldBe("1");
    }

    /// <summary>A database that Flyway has migrated: two versions and a repeatable view with a placeholder.</summary>
    private static async Task<LkProject> ProjectAsync()
    {
        var project = await LkProject.CreateAsync("dev");
        project.DatabaseSettings = "placeholders: { view: shown }";
        project.File("migrations/V1__orders.sql", Orders);
        project.File("migrations/V1_1__notes.sql", Notes.Replace("\n", "\r\n", StringComparison.Ordinal));
        project.File("migrations/R__shown_orders.sql", View);
        await project["dev"].ExecuteAsync(Table);
        await project["dev"].ExecuteAsync(Orders + Notes + View.Replace("${view}", "shown", StringComparison.Ordinal));
        await project["dev"].ExecuteAsync(
            $"""
            SET timezone = 'UTC';
            INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, installed_on, execution_time, success) VALUES
                (1, '1', 'orders', 'SQL', 'V1__orders.sql', {FlywayChecksum.Of(Orders)}, 'ada', '2024-05-01 10:00:00', 12, true),
                (2, '1.1', 'notes', 'SQL', 'V1_1__notes.sql', {FlywayChecksum.Of(Notes)}, 'ada', '2024-05-01 10:00:01', 12, true),
                (3, NULL, 'shown orders', 'SQL', 'R__shown_orders.sql', 99, 'ada', '2024-05-01 10:00:02', 12, true),
                (4, NULL, 'shown orders', 'SQL', 'R__shown_orders.sql', {FlywayChecksum.Of(View.Replace("${view}", "shown", StringComparison.Ordinal))}, 'ada', '2024-05-01 10:00:03', 12, true)
            """);
        return project;
    }

    private static async Task<string> RowsAsync(LkProject project, int after) => await project["dev"].ScalarAsync(
        "SELECT string_agg(concat_ws('|', installed_rank, coalesce(version, ''), description, type, script, checksum, installed_by, success::text), ' ' ORDER BY installed_rank) "
        + $"FROM flyway_schema_history WHERE installed_rank > {after} AND installed_on IS NOT NULL AND execution_time >= 0") ?? "";
}

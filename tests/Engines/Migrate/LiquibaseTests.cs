using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Migrate.Series;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>Liquibase's changelogs, held against the real Liquibase.</summary>
public sealed class LiquibaseTests
{
    private static readonly string[] Apply = ["migrate", "apply", "--env", "dev", "--yes"];

    [Fact]
    public async Task every_structural_change_leaves_what_liquibase_leaves()
    {
        await using var project = await LkProject.CreateAsync("dev");
        CopyTo(project, "structure.xml", "changelog.xml");
        await using var theirs = await TestDatabase.CreateAsync();
        await LiquibaseTool.RunAsync(Path.Combine(project.Folder, "migrations"), "changelog.xml", theirs, "update");
        await ShouldApplyAsync(project);
        await ShouldBeEqualAsync(project["dev"], theirs);
        const string rows = "SELECT string_agg(p::text, '|' ORDER BY name) FROM (SELECT name, active, amount, born, notes, city, n FROM person) p";
        (await project["dev"].ScalarAsync(rows)).ShouldBe(await theirs.ScalarAsync(rows));
    }

    [Fact]
    public async Task the_real_liquibase_and_lk_take_turns_on_one_database_and_agree_on_the_checksums()
    {
        await using var project = await LkProject.CreateAsync("dev");
        var folder = Path.Combine(project.Folder, "migrations");
        CopyTo(project, "adopted.xml", "changelog.xml");
        project.File("migrations/sql/ä b.sql", "-- a comment\r\nCREATE TABLE from_file (\r\n  id int\r\n);\r\n");
        project.File("migrations/sql/formatted.sql", "--liquibase formatted sql\n--changeset bob:1 labels:a context:test\n--comment: the first\nCREATE TABLE formatted (id int); -- end\n--rollback DROP TABLE formatted;\n\n--changeset bob:2 runOnChange:true\nCREATE OR REPLACE VIEW v AS SELECT 1 AS \"ä\";\n");
        await LiquibaseTool.RunAsync(folder, "changelog.xml", project["dev"], "update");
        var report = await project.RunAsync("migrate", "adopt", "--env", "dev");
        report.ExitCode.ShouldBe(0, report.ToString());
        report.Output.ShouldNotContain("edited");
        var adopted = await project.RunAsync("migrate", "adopt", "--env", "dev", "--yes");
        adopted.ExitCode.ShouldBe(0, adopted.ToString());
        await ShouldApplyAsync(project);
        (await project.HistoryAsync("dev")).Split(", ").Length.ShouldBe(8);

        const string more = "--liquibase formatted sql\n--changeset eva:1\nCREATE TABLE more (id int);\n--rollback DROP TABLE more;\n--changeset eva:2 context:test labels:x,y\n--comment two\nCREATE TABLE more2 (id int);\n--rollback DROP TABLE more2;\n";
        project.File("migrations/more/1.sql", more);
        await ShouldApplyAsync(project);
        (await LiquibaseTool.RunAsync(folder, "changelog.xml", project["dev"], "status")).ShouldContain("is up to date");
        await LiquibaseTool.RunAsync(folder, "changelog.xml", project["dev"], "update");
        (await project["dev"].ScalarAsync("SELECT string_agg(concat_ws(',', id, exectype, md5sum ~ '^9:', contexts, labels, comments, liquibase), ' ' ORDER BY orderexecuted) FROM databasechangelog WHERE author = 'eva'"))
            .ShouldBe("1,EXECUTED,t,,4.28.0 2,EXECUTED,t,test,x,y,two,4.28.0");

        // One of a structural change has no checksum until Liquibase fills it in, and rolling back takes the row away.
        project.File("migrations/more/15.yaml", "databaseChangeLog: [ { changeSet: { id: 15, author: eva, changes: [ { createTable: { tableName: made, columns: [ { column: { name: id, type: int } } ] } } ] } } ]");
        await ShouldApplyAsync(project);
        (await LiquibaseTool.RunAsync(folder, "changelog.xml", project["dev"], "status")).ShouldContain("is up to date");
        (await project.RunAsync("migrate", "rollback", "--env", "dev", "--last", "--yes")).ExitCode.ShouldBe(0);
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM databasechangelog WHERE id = '15'")).ShouldBe("0");
        await ShouldApplyAsync(project);
        await LiquibaseTool.RunAsync(folder, "changelog.xml", project["dev"], "update");
        (await project["dev"].ScalarAsync("SELECT md5sum ~ '^9:' FROM databasechangelog WHERE id = '15'")).ShouldBe("t");

        project.File("migrations/more/2.sql", "--liquibase formatted sql\n--changeset eva:3\nCREATE TABLE more3 (id int);\n");
        await LiquibaseTool.RunAsync(folder, "changelog.xml", project["dev"], "update");
        var status = await project.RunAsync("migrate", "status", "--env", "dev");
        status.Output.ShouldContain("was applied by liquibase and not by lk");
        await ShouldApplyAsync(project);
        (await project.HistoryAsync("dev")).ShouldEndWith("more/2.sql::3::eva applied");
    }

    [Fact]
    public async Task the_checksum_of_every_changeset_that_lk_can_tell_is_the_one_that_liquibase_records()
    {
        await using var project = await LkProject.CreateAsync("dev");
        var folder = Path.Combine(project.Folder, "migrations");
        CopyTo(project, "adopted.xml", "changelog.xml");
        project.File("migrations/sql/ä b.sql", "\uFEFF-- ünder a mark\r\nCREATE TABLE from_file (\r\n  id int\r\n);\r\n");
        project.File("migrations/sql/formatted.sql", "--liquibase formatted sql\n--property name:x value:id\n--changeset bob:1 endDelimiter:/\n--comment c\nCREATE TABLE formatted (${x} int)\n/\n--preconditions onFail:WARN\n--precondition-sql-check expectedResult:1 SELECT 1\nSELECT 1 -- é\n/\n--rollback DROP TABLE formatted;\n\n");
        await LiquibaseTool.RunAsync(folder, "changelog.xml", project["dev"], "update");
        await using var connection = await project["dev"].OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand("SELECT filename || '::' || id || '::' || author, md5sum FROM databasechangelog", connection);
        var theirs = new Dictionary<string, string>();
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                theirs[reader.GetString(0)] = reader.GetString(1);
        }

        var series = SeriesReader.Read(new DatabaseConfig { Name = "shop", Engine = "postgres", Migrations = "migrations" }, project.Folder);
        var ours = series.Migrations.Where(migration => migration.Changeset!.Checksum is not null).ToDictionary(migration => migration.Id, migration => migration.Changeset!.Checksum!);
        ours.Count.ShouldBe(3);
        foreach (var (id, checksum) in ours)
            (id, checksum).ShouldBe((id, theirs[id]));
    }

    [Fact]
    public async Task a_precondition_decides_in_the_target_whether_a_changeset_runs()
    {
        await using var project = await LkProject.CreateAsync("dev");
        CopyTo(project, "preconditions.xml", "changelog.xml");
        await project["dev"].ExecuteAsync("CREATE TABLE \"Old\" (id int PRIMARY KEY, n int); CREATE TABLE child (old int CONSTRAINT fk REFERENCES \"Old\"); CREATE INDEX i ON child (old); CREATE SEQUENCE s; CREATE VIEW w AS SELECT 1");
        var applied = await project.RunAsync(Apply);
        applied.ExitCode.ShouldBe(0, applied.ToString());
        (applied.Output + applied.Errors).ShouldContain("it is left for the next run");
        (await project["dev"].ScalarAsync("SELECT string_agg(what, ' ' ORDER BY what) FROM ran")).ShouldBe("all-hold warned");
        (await project.HistoryAsync("dev")).ShouldBe("changelog.xml::table::a applied, changelog.xml::all-hold::a applied, changelog.xml::marked::a applied, changelog.xml::warned::a applied, changelog.xml::error::a applied, changelog.xml::last::a applied");

        project.File("migrations/changelog.xml", File.ReadAllText(Path.Combine(project.Folder, "migrations/changelog.xml")).Replace("<not><tableExists tableName=\"ran\"/></not></preConditions>\n  <changeSet id=\"table\"", "</preConditions>\n  <changeSet id=\"table\"").Replace("</databaseChangeLog>", """
            <changeSet id="halt" author="a"><preConditions onFailMessage="no such thing"><tableExists tableName="nowhere"/></preConditions><sql>SELECT 1</sql></changeSet></databaseChangeLog>
            """));
        var halted = await project.RunAsync(Apply);
        halted.ExitCode.ShouldBe(5, halted.ToString());
        halted.Errors.ShouldContain("no such thing");
    }

    private static void CopyTo(LkProject project, string fixture, string name)
    {
        var folder = RepositoryRoot.Path("tests/Engines/Migrate/Liquibase");
        project.File($"migrations/{name}", File.ReadAllText(Path.Combine(folder, fixture)));
        project.File("migrations/data/person ä.csv", File.ReadAllText(Path.Combine(folder, "data/person ä.csv")));
    }

    private static async Task ShouldApplyAsync(LkProject project)
    {
        var applied = await project.RunAsync(Apply);
        applied.ExitCode.ShouldBe(0, applied.ToString());
    }

    /// <summary>Equal but for the two tools' own tables.</summary>
    private static async Task ShouldBeEqualAsync(TestDatabase ours, TestDatabase theirs)
    {
        await theirs.ExecuteAsync("DROP TABLE IF EXISTS databasechangelog, databasechangeloglock");
        await ours.ExecuteAsync("DROP TABLE IF EXISTS databasechangelog, databasechangeloglock");
        await using var here = await ours.OpenAsync();
        await using var there = await theirs.OpenAsync();
        var (mine, other) = (await SchemaReader.ReadAsync(here, SchemaScope.Default, CancellationToken.None), await SchemaReader.ReadAsync(there, SchemaScope.Default, CancellationToken.None));
        string.Join('\n', SchemaDiff.Compare(other, mine).Select(difference => difference.Words)).ShouldBeEmpty();
        mine.Fingerprint.ShouldBe(other.Fingerprint);
    }
}

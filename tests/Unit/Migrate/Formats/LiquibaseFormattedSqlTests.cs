using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Formats.Liquibase;
using Lockkeeper.Migrate.PostgreSql;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class LiquibaseFormattedSqlTests
{
    [Fact]
    public void each_changeset_is_a_migration_in_the_order_of_the_file()
    {
        using var folder = new FormatFolder().Write("changelog.sql", """
            --liquibase formatted sql

            --changeset bob:2 labels:a
            create table b (id int);
            --rollback drop table b;

            -- changeset "ann lee":"one more" runOnChange:true
            -- comment: a view
            create or replace view v as select 1;
            --changeset bob:3 runAlways:true
            select 1;
            """);
        var series = folder.Read();
        series.Format.ShouldBe("liquibase");
        series.Migrations.Select(migration => (migration.Id, migration.Kind, migration.Name, migration.RunAlways)).ShouldBe(
        [
            ("changelog.sql::2::bob", MigrationKind.Planned, "", false),
            ("changelog.sql::one more::ann lee", MigrationKind.Repeatable, "a view", false),
            ("changelog.sql::3::bob", MigrationKind.Repeatable, "changelog.sql::3::bob", true),
        ]);
        folder.Ids().ShouldBe("changelog.sql::2::bob+, changelog.sql::one more::ann lee, changelog.sql::3::bob");
        series.Migrations[0].Down!.Text.ShouldBe("drop table b;");
    }

    [Fact]
    public void a_statement_keeps_its_line_and_column_in_the_file()
    {
        var (migration, _) = Only("--liquibase formatted sql\n--changeset a:1\n\n  select 1;\n--rollback select 2;\n select 3;\n");
        Statements(migration.Up).ShouldBe([("select 1", 4, 3), ("select 3", 6, 2)]);
        Statements(migration.Down!).ShouldBe([("select 2", 5, 12)]);
    }

    [Fact]
    public void what_liquibase_takes_for_an_edit_is_one_and_nothing_else()
    {
        const string plain = "--liquibase formatted sql\n--changeset a:1\nselect 1;\nselect 2;\n";
        var hash = Only(plain).Migration.Up.Sha256;
        Only("--liquibase formatted sql\n\n-- moved down\n--changeset a:1 labels:x\n\tselect  1;\n\n  select 2;\n--rollback select 3;").Migration.Up.Sha256.ShouldBe(hash);
        Only(plain.Replace("\n", "\r\n", StringComparison.Ordinal)).Migration.Up.Sha256.ShouldBe(hash);
        Only("\uFEFF" + plain).Migration.Up.Sha256.ShouldBe(hash);
        Only(plain.Replace("2", "4", StringComparison.Ordinal)).Migration.Up.Sha256.ShouldNotBe(hash);
    }

    [Theory]
    [InlineData("/", "create table a (id int)\n/\nselect 1 /* a/b */\n/\n", "create table a (id int)|select 1")]
    [InlineData("\\nGO", "select 'GO';\ncreate table good (id int)\nGO\nselect 2\ngo", "select 'GO'|create table good (id int)|select 2")]
    [InlineData("//", "create function f() returns int language sql as $$ select 4 // 2; $$\n//\nselect 1; select 2//", "create function f() returns int language sql as $$ select 4 // 2; $$|select 1|select 2")]
    [InlineData("@@", "select 1 @@ select 2", "select 1|select 2")]
    public void an_end_delimiter_ends_a_statement_where_it_is_not_quoted(string delimiter, string sql, string expected)
    {
        var (migration, _) = Only($"--liquibase formatted sql\n--changeset a:1 endDelimiter:{delimiter}\n{sql}");
        string.Join('|', Statements(migration.Up).Select(statement => statement.Text)).ShouldBe(expected);
    }

    [Fact]
    public void without_a_delimiter_a_line_of_its_own_with_go_or_a_slash_ends_a_statement()
    {
        var (migration, _) = Only("--liquibase formatted sql\n--changeset a:1\ncreate table go (id int)\nGO\nselect 4\n/ 2\n/\nselect 3");
        Statements(migration.Up).ShouldBe([("create table go (id int)", 3, 1), ("select 4\n/ 2", 5, 1), ("select 3", 8, 1)]);
    }

    [Theory]
    [InlineData("", "$$ begin\n  \n  return '--'; \nend $$")]
    [InlineData(" stripComments:false", "$$ begin\n  -- why\n  return '--'; /* 1 */\nend $$")]
    public void the_body_of_a_function_loses_its_comments_as_under_liquibase(string attribute, string body)
    {
        var (migration, _) = Only($"--liquibase formatted sql\n--changeset a:1{attribute}\ncreate function f() returns text language plpgsql as $$ begin\n  -- why\n  return '--'; /* 1 */\nend $$; select 2;");
        Statements(migration.Up).ShouldBe([($"create function f() returns text language plpgsql as {body}", 3, 1), ("select 2", 6, 9)]);
    }

    [Fact]
    public void a_rollback_may_be_a_block_several_lines_or_not_required()
    {
        using var folder = new FormatFolder().Write("changelog.sql", """
            --liquibase formatted sql
            --changeset a:1
            select 1;
            /* liquibase rollback
            drop table a;
            drop table b;
            */
            --changeset a:2
            select 2;
            --rollback drop table a;
            --rollback drop table b;
            --changeset a:3
            select 3;
            --rollback not required
            --changeset a:4
            select 4;
            --rollback empty
            --changeset a:5
            select 5;
            """);
        folder.Read().Migrations.Select(migration => migration.Down?.Text).ShouldBe(["drop table a;\ndrop table b;", "drop table a;\ndrop table b;", "", "", null]);
        Statements(folder.Read().Migrations[0].Down!).ShouldBe([("drop table a", 5, 1), ("drop table b", 6, 1)]);
    }

    [Theory]
    [InlineData("", "test", "prod", "!test", "slow and eu", "@extra")]
    public void contexts_labels_and_servers_choose_what_runs(params string[] contexts)
    {
        var text = "--liquibase formatted sql\n" + string.Concat(contexts.Select((context, i) => $"--changeset a:{i} context:\"{context}\"\nselect 1;\n"))
            + "--changeset l:1 labels:v1,slow\nselect 1;\n--changeset l:2 labels:v2\nselect 1;\n--changeset d:1 dbms:oracle,h2\nselect 1;\n--changeset d:2 dbms:!oracle\nselect 1;\n"
            + "--changeset d:3 dbms:postgresql\nselect 1;\n--changeset i:1 ignore:true\nselect 1;\n";
        using var folder = new FormatFolder().Write("changelog.sql", text);
        Enabled().ShouldBe("0 1 2 3 4 l1 l2 d2 d3");
        folder.Configure = config => config with { Contexts = ["prod", "extra"], LabelFilter = "v1 and !fast" };
        Enabled().ShouldBe("0 2 3 5 l1 d2 d3");

        string Enabled() => string.Join(' ', folder.Read().Migrations.Where(migration => !migration.Disabled).Select(migration => migration.Id.Split("::") is [_, var id, var author] ? author == "a" ? id : author + id : ""));
    }

    [Fact]
    public void properties_come_from_the_file_and_first_from_the_configuration()
    {
        using var folder = new FormatFolder().Write("changelog.sql", """
            --liquibase formatted sql
            --property name:table value:a${suffix}
            --property name:table value:later
            --property name:suffix value:_x dbms:postgresql
            --property name:kind value:money context:prod
            --changeset ${who}:1
            create table ${table} (${kind} int, x text default '${:table} ${none}');
            """);
        folder.Configure = config => config with { Placeholders = new Dictionary<string, string> { ["kind"] = "k", ["who"] = "ann" } };
        folder.Read().Migrations.ShouldHaveSingleItem().Up.Text.ShouldBe("create table a_x (k int, x text default '${table} ${none}');");
        folder.Ids().ShouldBe("changelog.sql::1::ann");
    }

    [Fact]
    public void preconditions_are_read_with_what_they_lead_to()
    {
        var set = Only("""
            --liquibase formatted sql
            --changeset a:1
            --preconditions onFail:MARK_RAN onError:WARN
            --precondition-sql-check expectedResult:0 SELECT count(*) FROM t
            --precondition-table-exists table:t schema:app
            select 1;
            """).Migration.Preconditions!;
        (set.OnFail, set.OnError).ShouldBe((PreconditionOutcome.MarkRan, PreconditionOutcome.Warn));
        set.Root.Words.ShouldBe("and (sqlCheck expectedResult=0 sql=SELECT count(*) FROM t, tableExists tableName=t schemaName=app)");
        set.Root.Parts[1].At.ToString().ShouldContain("changelog.sql:5:16");
    }

    [Fact]
    public void the_logical_path_of_the_file_or_the_changeset_is_the_one_that_counts()
    {
        using var folder = new FormatFolder().Write("changelog.sql", "--liquibase formatted sql logicalFilePath:old/place.sql\n--changeset a:1\nselect 1;\n--changeset a:2 logicalFilePath:classpath:/x/y.sql\nselect 1;");
        folder.Ids().ShouldBe("old/place.sql::1::a, x/y.sql::2::a");
    }

    [Theory]
    [InlineData("--changeset a:1 splitStatement:false\nselect 1;", 2, 17, "the changeset attribute splitStatement of Liquibase is not covered")]
    [InlineData("--changeset a:1 runWith:psql\nselect 1;", 2, 17, "runWith:psql of Liquibase is not covered")]
    [InlineData("--changeset a:1 runOnChange:yes\nselect 1;", 2, 1, "'runOnChange:yes' is neither true nor false")]
    [InlineData("--changeset a: 1\nselect 1;", 2, 16, "a blank stands before the id")]
    [InlineData("--changeset nobody\nselect 1;", 2, 1, "is not a line that Liquibase takes")]
    [InlineData("-changeset a:1\nselect 1;", 2, 1, "is not a line that Liquibase takes")]
    [InlineData("--changeset a:1\n\n--changeset a:2\nselect 1;", 2, 1, "the changeset a:1 has no SQL")]
    [InlineData("create table lost (id int);\n--changeset a:1\nselect 1;", 2, 1, "SQL stands before the first changeset")]
    [InlineData("--changeset a:1\n--precondition-index-exists index:x\nselect 1;", 3, 16, "the precondition index-exists in formatted SQL of Liquibase is not covered")]
    [InlineData("--changeset a:1\n--preconditions onFail:STOP\nselect 1;", 3, 17, "'STOP' is nothing that onFail knows")]
    [InlineData("--changeset a:1\nselect 1;\n/* liquibase rollback\nselect 2;", 4, 1, "the block of the rollback has no end")]
    [InlineData("--property name:x\n--changeset a:1\nselect 1;", 2, 1, "a property needs a name and a value")]
    public void what_is_not_understood_is_named_with_its_place(string text, int line, int column, string message)
    {
        using var folder = new FormatFolder().Write("changelog.sql", "--liquibase formatted sql\n" + text);
        var refused = folder.Refused();
        refused.Message.ShouldContain(message);
        refused.At!.ShouldBe(new("migrations/changelog.sql", line, column));
    }

    [Fact]
    public void lines_that_liquibase_ignores_are_no_part_of_a_changeset_and_keep_their_numbers()
    {
        var (migration, _) = Only("--liquibase formatted sql\n--changeset a:1\n--ignoreLines:start\n\\connect x\n--ignoreLines:end\nselect 1;\n--ignoreLines:1\nnonsense\nselect 2;");
        Statements(migration.Up).ShouldBe([("select 1", 6, 1), ("select 2", 9, 1)]);
    }

    [Fact]
    public void a_folder_of_formatted_sql_needs_no_root_and_one_id_stands_once_in_a_file()
    {
        using var folder = new FormatFolder().Write("b.sql", "--liquibase formatted sql\n--changeset a:1\nselect 1;").Write("a/ä b.sql", "--liquibase formatted sql\n--changeset a:1\nselect 1;");
        folder.Ids().ShouldBe("a/ä b.sql::1::a, b.sql::1::a");
        folder.Write("b.sql", "--liquibase formatted sql\n--changeset a:1\nselect 1;\n--changeset a:1\nselect 2;").Refused().Code.ShouldBe(MigrateErrors.DuplicateVersion);
    }

    [Fact]
    public void a_valid_checksum_takes_an_edit_when_it_is_any_or_the_one_of_now()
    {
        Only("--liquibase formatted sql\n--changeset a:1\n--validCheckSum: ANY\nselect 1;").Migration.AcceptsEdits.ShouldBeTrue();
        Only("--liquibase formatted sql\n--changeset a:1\n--validCheckSum: 9:00000000000000000000000000000000\nselect 1;").Migration.AcceptsEdits.ShouldBeFalse();
    }

    private static (Migration Migration, string Id) Only(string text)
    {
        using var folder = new FormatFolder().Write("changelog.sql", text);
        var migration = folder.Read().Migrations.ShouldHaveSingleItem();
        return (migration, migration.Id);
    }

    private static IEnumerable<(string Text, int Line, int Column)> Statements(MigrationScript script) =>
        ScriptPreparation.Prepare(script, ScriptText.Of(script.Text), null).Statements.Select(statement => (statement.Sql.Text, statement.Sql.At.Line, statement.Sql.At.Column));
}

using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Sql;

public sealed class SqlSplitterTests
{
    [Fact]
    public void a_semicolon_ends_a_statement() => Texts("select 1; select 2;").ShouldBe(["select 1", "select 2"]);

    [Fact]
    public void the_last_statement_needs_no_semicolon() => Texts("select 1;\nselect 2\n").ShouldBe(["select 1", "select 2"]);

    [Fact]
    public void empty_statements_are_dropped() => Texts(" ;; -- nothing\n ; /* at all */ ;").ShouldBeEmpty();

    [Fact]
    public void an_empty_script_has_no_statements() => Texts("").ShouldBeEmpty();

    [Fact]
    public void comments_around_a_statement_do_not_belong_to_it_and_those_inside_do()
    {
        var statement = SqlSplitter.Split("-- head;\n/* a; /* nested; */ b; */\n  select /* in; */ 1 -- tail;\n; -- rest", "a.sql").ShouldHaveSingleItem();
        statement.Text.ShouldBe("select /* in; */ 1");
        statement.At.ShouldBe(new SourcePosition("a.sql", 3, 3));
        statement.Offset.ShouldBe(37);
    }

    [Theory]
    [InlineData("select ';'")]
    [InlineData("select 'it''s; fine'")]
    [InlineData(@"select 'back\'")]
    [InlineData(@"select E'it\'s; fine'")]
    [InlineData(@"select e'\\'")]
    [InlineData(@"select E'a''b\';c'")]
    [InlineData("select U&'\\0061;'")]
    [InlineData("select U&\"a;\"")]
    [InlineData("select B'01;', X'1F;', N'a;', b'1', x'2', n'3'")]
    [InlineData("select \"a;\"\"b;\"")]
    [InlineData("select $$a;b$$")]
    [InlineData("select $tag$ $$;$$ $other$;$other$ $tag$")]
    [InlineData("select $ä1$;$ä1$")]
    [InlineData("select $a$ $b$;$ab$;$ a$;$a$")]
    [InlineData("select $1, $2")]
    [InlineData("select 1 +/* ; */ 2")]
    [InlineData("select 1 *-- ;\n 2")]
    [InlineData("select 2 */* ; */ 3")]
    [InlineData("select a @- b, c - - d")]
    [InlineData("create rule r as on insert to t do also (insert into a values (1); insert into b values (2))")]
    [InlineData("select 'a'\n  'b;'")]
    [InlineData("select E'a' -- c\n  'b\\';c'")]
    [InlineData("select type'a;'")]
    [InlineData("select /*/ ; */ 1")]
    [InlineData("select /* **/ 1")]
    public void a_semicolon_inside_of_something_does_not_end_the_statement(string sql) =>
        Texts(sql + ";\nselect 2;").ShouldBe([sql, "select 2"]);

    [Fact]
    public void a_dollar_in_an_identifier_opens_no_quote() => Texts("select a$b$; select c$b$").ShouldBe(["select a$b$", "select c$b$"]);

    [Fact]
    public void a_plain_string_ends_at_a_quote_behind_a_backslash() => Texts(@"select '\'; select '\'").ShouldBe([@"select '\'", @"select '\'"]);

    [Fact]
    public void a_carriage_return_ends_a_line_comment() => Texts("-- a;\rselect 1; -- b\r\nselect 2").ShouldBe(["select 1", "select 2"]);

    [Fact]
    public void a_closing_parenthesis_too_many_hides_nothing() => Texts("select 1); select 2").ShouldBe(["select 1)", "select 2"]);

    [Fact]
    public void an_open_parenthesis_runs_to_the_end_as_in_psql() => Texts("select (1; select 2").ShouldBe(["select (1; select 2"]);

    [Fact]
    public void the_body_of_an_sql_standard_function_is_part_of_the_statement()
    {
        const string Function = "CREATE OR REPLACE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 2 END; SELECT 3; END";
        const string Procedure = "create procedure p() begin atomic insert into t values (1); end";
        Texts($"{Function};\n{Procedure};\nselect 1;").ShouldBe([Function, Procedure, "select 1"]);
    }

    [Fact]
    public void begin_and_case_elsewhere_open_no_block() =>
        Texts("begin; create table t (a int); select case when true then 1 end; end;")
            .ShouldBe(["begin", "create table t (a int)", "select case when true then 1 end", "end"]);

    [Fact]
    public void inline_data_of_copy_is_cut_out()
    {
        var statements = SqlSplitter.Split("copy t (a) from stdin with (format csv); -- data\n1;'\n\\N\t2\n\\.\nselect 1;\n", "a.sql");
        statements.Select(statement => statement.Text).ShouldBe(["copy t (a) from stdin with (format csv)", "select 1"]);
        statements[0].CopyData!.ToString().ShouldBe("1;'\n\\N\t2\n");
        statements[1].CopyData.ShouldBeNull();
        statements[1].At.Line.ShouldBe(5);
    }

    [Theory]
    [InlineData("copy t from stdin;\n1\n2", "1\n2")]
    [InlineData("copy t from stdin;\n1\n\\.", "1\n")]
    [InlineData("copy t from stdin;\r\n1\r\n\\.\r\n", "1\r\n")]
    [InlineData("copy t from stdin;\n\\.\n", "")]
    [InlineData("copy t from stdin;", "")]
    [InlineData("copy t from stdin", "")]
    public void the_data_of_copy_ends_at_the_marker_or_with_the_script(string script, string data) =>
        SqlSplitter.Split(script, "a.sql").ShouldHaveSingleItem().CopyData!.ToString().ShouldBe(data);

    [Theory]
    [InlineData("copy t to stdout; select 1")]
    [InlineData("copy t from '/x'; select 1")]
    [InlineData("copy t from program 'x'; select 1")]
    [InlineData("copy (select a from stdin) to stdout; select 1")]
    [InlineData("select a from stdin; select 1")]
    [InlineData("copy \"from\" to stdout; select 1")]
    public void other_statements_take_no_data(string script) =>
        SqlSplitter.Split(script, "a.sql").Select(statement => statement.CopyData).ShouldBe([null, null]);

    [Fact]
    public void text_behind_copy_on_its_line_is_refused()
    {
        var error = Should.Throw<LockkeeperException>(() => Texts("copy t from stdin; select 1;\n1\n\\.\n"));
        error.Code.ShouldBe(SqlErrors.TextAfterCopy);
        error.At.ShouldBe(new SourcePosition("a.sql", 1, 20));
    }

    [Theory]
    [InlineData("select 1;\n\\i other.sql\n", "\\i", 2, 1)]
    [InlineData("\\connect prod", "\\connect", 1, 1)]
    [InlineData("  \\copy t from 'x'", "\\copy", 1, 3)]
    [InlineData("select 'ä' \\gexec\n", "\\gexec", 1, 12)]
    [InlineData("\\.", "\\.", 1, 1)]
    [InlineData("select 1\\; select 2", "\\;", 1, 9)]
    [InlineData("\\!ls", "\\!", 1, 1)]
    [InlineData("\\", "\\", 1, 1)]
    [InlineData("\\set a 1", "\\set", 1, 1)]
    public void meta_commands_of_psql_are_named(string script, string name, int line, int column)
    {
        var error = Should.Throw<LockkeeperException>(() => Texts(script));
        error.Code.ShouldBe(SqlErrors.MetaCommand);
        error.Message.ShouldContain($"'{name}'");
        error.At.ShouldBe(new SourcePosition("a.sql", line, column));
        error.Hint.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("select 1;\nselect 'a;\nb", 2102, 2, 8)]
    [InlineData("select E'a\\'", 2102, 1, 8)]
    [InlineData("select E'a'\n'b", 2102, 1, 8)]
    [InlineData("select \"a", 2103, 1, 8)]
    [InlineData("do $body$ begin end $Body$", 2104, 1, 4)]
    [InlineData("select $$a$", 2104, 1, 8)]
    [InlineData("select 1; /* a /* b */ ;", 2105, 1, 11)]
    [InlineData("/*", 2105, 1, 1)]
    [InlineData("select 1;\n\u0000", 2107, 2, 1)]
    public void what_has_no_end_is_shown_where_it_begins(string script, int code, int line, int column)
    {
        var error = Should.Throw<LockkeeperException>(() => Texts(script));
        error.Code.Number.ShouldBe(code);
        error.At.ShouldBe(new SourcePosition("a.sql", line, column));
    }

    [Fact]
    public void a_byte_order_mark_is_passed_over() =>
        SqlSplitter.Split("\uFEFFselect 1", "a.sql").ShouldHaveSingleItem().At.ShouldBe(new SourcePosition("a.sql", 1, 1));

    [Fact]
    public void a_place_counts_characters_and_not_utf16_units()
    {
        var statement = SqlSplitter.Split("select '\U0001D11E'; select\n  '\U0001D11E', x", "a.sql")[1];
        statement.At.ShouldBe(new SourcePosition("a.sql", 1, 13));
        statement.PositionOf(14).ShouldBe(new SourcePosition("a.sql", 2, 8));
        statement.PositionOf(1000).ShouldBe(new SourcePosition("a.sql", 2, 9));
    }

    private static IEnumerable<string> Texts(string script) => SqlSplitter.Split(script, "a.sql").Select(statement => statement.Text);
}

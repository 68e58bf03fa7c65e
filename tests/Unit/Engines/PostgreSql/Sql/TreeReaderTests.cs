using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Engines.PostgreSql.Sql.Facts;
using Lockkeeper.Kernel.Errors;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Sql;

public sealed class TreeReaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("a \"quoted\" word")]
    [InlineData("back\\slash")]
    [InlineData("two\nlines\r\n\tand a tab")]
    [InlineData("\b\f\u0001\u001f\u007f")]
    [InlineData("grün € 😀")]
    [InlineData("{\"json\": [1, true, \"x\"]}")]
    public void a_text_comes_back_as_it_was_written(string text) =>
        Value($"SELECT '{text.Replace("'", "''", StringComparison.Ordinal)}'").Node("A_Const")!.Node("sval").ShouldNotBeNull().Text("sval").ShouldBe(text);

    [Fact]
    public void texts_whose_bytes_look_alike_are_told_apart()
    {
        // The second's characters have the numbers of the first's bytes.
        foreach (var name in new[] { "é", "\u00C3\u00A9", "é" })
            Parsed($"SELECT \"{name}\"").Node.List("targetList", "ResTarget")[0].Node("val")!.Node("ColumnRef")!.Strings("fields").ShouldBe([name]);
    }

    [Theory]
    [InlineData("SELECT 0", 0)]
    [InlineData("SELECT 7", 7)]
    [InlineData("SELECT 2147483647", int.MaxValue)]
    public void a_number_comes_back_as_it_was_written(string sql, int number) => Value(sql).Node("A_Const")!.Node("ival").ShouldNotBeNull().Number("ival").ShouldBe(number);

    [Fact]
    public void what_is_left_out_is_empty_zero_or_false()
    {
        var node = Parsed("SELECT 1").Node;
        node.Text("relname").ShouldBeNull();
        node.Number("location").ShouldBe(0);
        node.Is("all").ShouldBeFalse();
        node.Node("whereClause").ShouldBeNull();
        node.List("fromClause").ShouldBeEmpty();
        node.Has("fromClause").ShouldBeFalse();
    }

    [Fact]
    public void the_kind_of_a_node_is_told_by_its_wrapper()
    {
        var statement = Parsed("CREATE UNIQUE INDEX CONCURRENTLY a_b ON s.a (b)");
        statement.Kind.ShouldBe("IndexStmt");
        statement.Node.Is("unique").ShouldBeTrue();
        statement.Node.Is("concurrent").ShouldBeTrue();
        statement.Node.Node("relation")!.Relation().ShouldBe("s.a");
        statement.Node.List("indexParams", "IndexElem").ShouldHaveSingleItem().Text("name").ShouldBe("b");
    }

    private static TreeNode Value(string sql) => Parsed(sql).Node.List("targetList", "ResTarget")[0].Node("val")!;

    private static ParsedStatement Parsed(string sql) => SqlParser.Parse(new SqlStatement(sql.AsMemory(), 0, new SourcePosition("a.sql", 1, 1)));
}

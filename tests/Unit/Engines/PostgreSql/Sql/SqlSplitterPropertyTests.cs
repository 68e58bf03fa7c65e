using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Sql;

public sealed class SqlSplitterPropertyTests
{
    /// <summary>Whole tokens: whatever order they come in, they hold no semicolon outside of quotes. A plain '\' is not among them: behind
    /// an E string and a line end it would go on with that string, and its backslash would escape the quote.</summary>
    private static readonly string[] whole =
    [
        "select", "x", "é", "a$b$", "'a;b'", "'it''s;'", @"E'\';'", "U&'\\0061;'", "\"q;\"\"r\"", "$$;$$", "$t$ $$;' $t$", "$1", "1e5",
        "(1;2)", "/* ;/* ; */ */", "-- ;\n", "\n", "\r\n", "\t", "+", "*", "@-", "<=", "::", ",", "B'01'", "\U0001D11E", ".",
    ];

    /// <summary>Pieces that break tokens in two.</summary>
    private static readonly string[] pieces =
    [
        "'", "\"", "$", "$a", "$a$", "$$", "/*", "*/", "--", "\n", "\r", "\\", "\\i", ";", ";", "(", ")", "e'", "U&'", "b", "copy t from stdin;",
        "\\.\n", "create function f() begin atomic", "end", "case", "\uFEFF", "\uD834", "\0", "é", "1", " ", "select", "[", "]", "{", ":",
    ];

    [Fact]
    public void statements_joined_by_semicolons_come_back_as_they_were() => Prop.ForAll(
        Gen.Elements(whole).NonEmptyListOf().Select(tokens => Trimmed("select 0 " + string.Join(' ', tokens))).NonEmptyListOf().ToArbitrary(),
        statements =>
        {
            var script = string.Join(";\n", statements);
            var split = SqlSplitter.Split(script, "a.sql");
            split.Select(statement => statement.Text).ShouldBe(statements);
            foreach (var statement in split)
                statement.At.ShouldBe(PlaceOf(script, (int)statement.Offset));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void nothing_is_invented_and_only_blanks_comments_and_data_are_left_out() => Prop.ForAll(
        Gen.Elements(pieces).ListOf().Select(string.Concat).ToArbitrary(),
        script =>
        {
            foreach (var statement in Split(script))
            {
                script.Substring((int)statement.Offset, statement.Text.Length).ShouldBe(statement.Text);
                statement.Text.ShouldBe(Trimmed(statement.Text));
            }

            var offsets = Split(script).Select(statement => statement.Offset).ToList();
            offsets.ShouldBe(offsets.Order());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(60));

    [Fact]
    public void any_text_is_split_or_refused_with_a_place() => Prop.ForAll<string>(script =>
    {
        Split(script ?? "");
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void any_statement_is_read_or_refused_with_a_place() => Prop.ForAll(
        Gen.Elements(whole).ListOf().Select(tokens => string.Join(' ', tokens)).ToArbitrary(),
        script =>
        {
            foreach (var statement in Split(script))
            {
                try
                {
                    SqlParser.Analyze(statement);
                }
                catch (LockkeeperException e)
                {
                    e.At.ShouldNotBeNull();
                    e.At.Line.ShouldBeLessThanOrEqualTo(script.Count(c => c == '\n') + 1);
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void a_large_script_takes_time_in_proportion()
    {
        // Shapes that tempt a scanner to look ahead again and again; a quadratic one would not end within the test run's limit.
        foreach (var shape in new[] { "$a ", "$a$ x $a$ ", "'a'\n", "E'a' -- b\n", "/* */", "select 1;", "-", "(", "a$", "; " })
        {
            var script = new StringBuilder().Insert(0, shape, 10_000_000 / shape.Length).ToString();
            Split(script);
        }

        var oneStatement = "insert into t values " + string.Join(",\n", Enumerable.Repeat("(1, 'abc', E'\\n', $$x$$)", 800_000));
        SqlSplitter.Split(oneStatement, "a.sql").ShouldHaveSingleItem().Text.Length.ShouldBe(oneStatement.Length);
    }

    private static IReadOnlyList<SqlStatement> Split(string script)
    {
        try
        {
            return SqlSplitter.Split(script, "a.sql");
        }
        catch (LockkeeperException e)
        {
            e.At.ShouldNotBeNull();
            e.Hint.ShouldNotBeNull();
            return [];
        }
    }

    /// <summary>Without the comments and blanks at the end, which do not belong to a statement.</summary>
    private static string Trimmed(string sql)
    {
        var scanner = new SqlScanner(sql, 0);
        var end = 0;
        while (scanner.Next() is not TokenKind.End and < TokenKind.UnterminatedString)
            end = scanner.End;
        return sql[..end];
    }

    private static SourcePosition PlaceOf(string script, int offset)
    {
        var before = script[..offset];
        var line = before.Count(c => c == '\n') + 1;
        return new SourcePosition("a.sql", line, before[(before.LastIndexOf('\n') + 1)..].EnumerateRunes().Count() + 1);
    }
}

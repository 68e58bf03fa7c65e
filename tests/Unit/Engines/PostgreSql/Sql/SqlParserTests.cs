using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Sql;

public sealed class SqlParserTests
{
    [Fact]
    public void a_syntax_error_is_shown_at_its_exact_place()
    {
        var error = Should.Throw<LockkeeperException>(() => Analyze("select 1;\n-- über\nselect 'äöü\U0001D11E',\n\t1 fromm x y;", 1));
        error.Code.ShouldBe(SqlErrors.Syntax);
        error.Message.ShouldBe("syntax error at or near \"x\"");
        error.At.ShouldBe(new SourcePosition("a.sql", 4, 10));
        error.Facts.ShouldBe([new ErrorFact("LINE", "\t1 fromm x y\n\t        ^")]);
        error.Hint.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void a_statement_that_ends_too_early_is_shown_at_its_end()
    {
        var error = Should.Throw<LockkeeperException>(() => Analyze("select 'ä' as; "));
        error.Message.ShouldBe("syntax error at end of input");
        error.At.ShouldBe(new SourcePosition("a.sql", 1, 14));
        error.Hint.ShouldNotBeNull().ShouldContain("ends too early");
    }

    [Fact]
    public void a_long_line_is_cut_around_the_place()
    {
        var filler = string.Concat(Enumerable.Repeat("aaaaaaaaa,", 50));
        var error = Should.Throw<LockkeeperException>(() => Analyze($"select {filler} from from {filler}"));
        var lines = error.Facts[0].Text.Split('\n');
        lines[0].Length.ShouldBeLessThan(130);
        lines[0][lines[1].IndexOf('^', StringComparison.Ordinal)..].ShouldStartWith("from");
    }

    [Theory]
    [InlineData("select :name", "psql")]
    [InlineData("select * from ${schema}.t", "placeholder")]
    [InlineData("select * from `t`", "backticks")]
    public void the_hint_knows_common_mistakes(string sql, string word) =>
        Should.Throw<LockkeeperException>(() => Analyze(sql)).Hint.ShouldNotBeNull().ShouldContain(word);

    [Theory]
    [InlineData("1+", "1", "")]
    [InlineData("(", "1", ")")]
    [InlineData("not ", "true", "")]
    [InlineData("f(", "1", ")")]
    [InlineData("array[", "1", "]")]
    [InlineData("case when true then ", "1", " end")]
    public void deep_nesting_never_crashes(string open, string middle, string close)
    {
        foreach (var depth in new[] { 100, 10_000, 100_000 })
        {
            var sql = $"select {string.Concat(Enumerable.Repeat(open, depth))}{middle}{string.Concat(Enumerable.Repeat(close, depth))}";
            try
            {
                Analyze(sql).Command.ShouldBe("SELECT");
            }
            catch (LockkeeperException e)
            {
                depth.ShouldBeGreaterThan(100);
                e.At.ShouldNotBeNull();
            }
        }
    }

    [Fact]
    public void a_chain_too_long_for_any_stack_is_refused()
    {
        var sql = "select " + string.Concat(Enumerable.Repeat("1+", 600_000)) + "1";
        Should.Throw<LockkeeperException>(() => Analyze(sql)).Code.ShouldBe(SqlErrors.NestedTooDeeply);
    }

    [Fact]
    public void many_rows_of_an_insert_are_not_deep()
    {
        var sql = "insert into t values " + string.Join(',', Enumerable.Repeat("(1, -2, 'a'::text)", 50_000));
        NestingGuard.BoundOf(sql).ShouldBeLessThan(50);
        Analyze(sql).Locks.ShouldBe([new LockFact("ROW EXCLUSIVE", "t")]);
    }

    [Fact]
    public void many_threads_may_parse_at_once() => Parallel.For(0, 2000, i =>
    {
        if (i % 2 == 0)
            Analyze($"alter table t{i} drop column a").Losses.ShouldBe([$"column t{i}.a"]);
        else
            Should.Throw<LockkeeperException>(() => Analyze($"alter tabel t{i}")).At!.Column.ShouldBe(7);
    });

    [Fact]
    public void statements_that_run_together_are_refused() =>
        Should.Throw<LockkeeperException>(() => Analyze("create function begin() returns int language sql as 'select 1'; select 2"))
            .Code.ShouldBe(SqlErrors.SeveralStatements);

    [Fact]
    public void the_newest_library_is_chosen() =>
        LibPgQueryFiles.NewestFirst(
                ["/usr/lib/libpg_query.so", "/usr/lib/libpg_query.so.1504.0.0", "/usr/lib/libpg_query.so.1706.0", "/usr/lib/libpg_query.so.1504.0"])
            .ShouldBe(
                ["/usr/lib/libpg_query.so.1706.0", "/usr/lib/libpg_query.so.1504.0.0", "/usr/lib/libpg_query.so.1504.0", "/usr/lib/libpg_query.so"]);

    [Fact]
    public void the_grammar_has_a_version() => SqlParser.GrammarMajor.ShouldBeGreaterThanOrEqualTo(13);

    private static StatementFacts Analyze(string sql, int index = 0) => SqlParser.Analyze(SqlSplitter.Split(sql, "a.sql")[index]);
}

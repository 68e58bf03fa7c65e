using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.PostgreSql.Backfills;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Backfills;

public sealed class BackfillStatementTests
{
    [Theory]
    [InlineData("UPDATE orders SET n = 1", "UPDATE orders SET n = 1 WHERE K")]
    [InlineData("UPDATE ONLY app.\"Orders\" o SET n = CASE WHEN a THEN 1 END FROM (SELECT 1 WHERE true) x(y) WHERE o.a OR o.b -- why", "UPDATE ONLY app.\"Orders\" o SET n = CASE WHEN a THEN 1 END FROM (SELECT 1 WHERE true) x(y) WHERE (o.a OR o.b\n) AND K")]
    [InlineData("DELETE FROM orders USING other WHERE other.id = orders.id", "DELETE FROM orders USING other WHERE (other.id = orders.id\n) AND K")]
    [InlineData("UPDATE orders SET note = ' where ', \"where\" = 1 WHERE EXISTS (SELECT FROM other WHERE other.id = orders.id)", "UPDATE orders SET note = ' where ', \"where\" = 1 WHERE (EXISTS (SELECT FROM other WHERE other.id = orders.id)\n) AND K")]
    public void the_range_is_added_to_its_own_condition(string sql, string expected)
    {
        var made = Of(sql).Where("K");
        made.ShouldBe(expected);
        SqlParser.Analyze(SqlSplitter.Split(made.Replace(" K", " true", StringComparison.Ordinal), "a.sql")[0]);
    }

    [Theory]
    [InlineData("INSERT INTO t SELECT 1", 1, "an UPDATE or a DELETE")]
    [InlineData("WITH x AS (SELECT 1) UPDATE t SET a = 1", 1, "WITH")]
    [InlineData("UPDATE t SET a = 1 RETURNING a", 30, "RETURNING")]
    [InlineData("UPDATE t SET a = (SELECT max(a) FROM t)", 38, "beside the row")]
    [InlineData("UPDATE t SET a = 1 FROM t b WHERE b.id = t.id - 1", 25, "beside the row")]
    [InlineData("DELETE FROM app.t USING t b WHERE b.id < app.t.id", 25, "beside the row")]
    [InlineData("DELETE FROM t WHERE id IN (SELECT id FROM t LIMIT 5)", 43, "beside the row")]
    [InlineData("UPDATE t SET a = lastval()", 18, "sequence")]
    public void what_may_have_another_effect_in_batches_is_refused_with_its_place(string sql, int column, string words)
    {
        var error = Should.Throw<LockkeeperException>(() => Of(sql));
        error.Code.ShouldBe(MigrateErrors.NotInBatches);
        error.Message.ShouldContain(words);
        error.At.ShouldNotBeNull().Column.ShouldBe(column);
    }

    [Theory]
    [InlineData("UPDATE t SET a = 1 WHERE a IS NULL", true)]
    [InlineData("UPDATE t SET a = coalesce(b, 0), c = c + 1 WHERE t.a IS NULL AND b > 5", true)]
    [InlineData("UPDATE t SET a = b WHERE a IS NULL", false)]
    [InlineData("UPDATE t SET a = 1 WHERE a IS NULL OR b", false)]
    [InlineData("UPDATE t SET a = 'new' WHERE a = 'old'", true)]
    [InlineData("UPDATE t SET a = 'Old ' WHERE a = 'old'", false)]
    [InlineData("UPDATE t SET a = 2 WHERE a = 1", true)]
    [InlineData("UPDATE t SET a = b::bigint WHERE a IS DISTINCT FROM b::bigint", true)]
    [InlineData("UPDATE t SET a = b, b = a WHERE a IS DISTINCT FROM b", false)]
    [InlineData("UPDATE t SET a = random() WHERE a <> random()", false)]
    [InlineData("UPDATE t SET done = true WHERE NOT done", true)]
    [InlineData("UPDATE t SET a = a + 1", false)]
    [InlineData("DELETE FROM t", true)]
    [InlineData("DELETE FROM t USING u WHERE u.id = t.id", false)]
    public void whether_it_makes_its_own_condition_false_is_said_only_when_it_is_sure(string sql, bool ends) => Of(sql).EndsItself.ShouldBe(ends);

    [Theory]
    [InlineData("UPDATE t SET a = a + 1", false)]
    [InlineData("UPDATE t SET a = b + 1, c = c", true)]
    public void whether_it_may_run_twice_is_known(string sql, bool repeatable) => Of(sql).IsRepeatable.ShouldBe(repeatable);

    [Fact]
    public void a_range_of_several_columns_is_a_comparison_of_rows_with_a_hint_for_the_planner()
    {
        var key = new BackfillKey([new KeyColumn("a", "bigint", false), new KeyColumn("B", "timestamp with time zone", true)]);
        key.Condition("t", isFirst: false).ShouldBe(
            "(t.\"a\", t.\"B\") > ($3::bigint, $4::timestamp with time zone) AND (t.\"a\", t.\"B\") <= ($1::bigint, $2::timestamp with time zone) AND t.\"a\" BETWEEN $3::bigint AND $1::bigint");
        key.Condition(null, isFirst: true).ShouldBe("(\"a\", \"B\") <= ($1::bigint, $2::timestamp with time zone)");
        key.SelectNext("t", isFirst: false, 500).ShouldEndWith(" OFFSET 499 LIMIT 1");
        key.Parameters(new KeyRange(["1", "x"], ["2", "y"])).Select(parameter => parameter.Value).ShouldBe(["2", "y", "1", "x"]);
    }

    [Fact]
    public void a_batch_gets_as_large_as_its_time_allows_and_smaller_when_it_was_given_up()
    {
        var size = new BatchSize(TimeSpan.FromMilliseconds(100), 50_000);
        size.Took(TimeSpan.FromMilliseconds(10), size.Rows);
        size.Rows.ShouldBe(2_000);
        size.Took(TimeSpan.FromMilliseconds(125), 2_000);
        size.Rows.ShouldBe(1_600);
        size.Took(TimeSpan.FromMilliseconds(10), 1_600);
        size.Rows.ShouldBe(1_920, "once a batch has taken as long as it should, those after it grow slowly");
        size.Took(TimeSpan.FromMilliseconds(120), 1_920);
        size.Took(TimeSpan.FromSeconds(9), 3);
        size.Rows.ShouldBe(1_600, "the last batch of a table says nothing");
        for (var i = 0; i < 20; i++)
            size.Took(TimeSpan.Zero, size.Rows);
        size.Rows.ShouldBe(50_000);
        for (var i = 0; i < 20; i++)
            size.GaveUp(forTime: true);
        size.Rows.ShouldBe(BatchSize.Fewest);
        size.Limit.ShouldBeGreaterThan(TimeSpan.FromSeconds(10), "with the fewest rows it may take longer");
    }

    private static BackfillStatement Of(string sql) => BackfillStatement.Of(SqlSplitter.Split(sql, "a.sql")[0], new BackfillDirective([], null, null, new SourcePosition("a.sql", 1, 1)));
}

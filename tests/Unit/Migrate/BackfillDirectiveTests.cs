using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.PostgreSql.Backfills;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate;

public sealed class BackfillDirectiveTests
{
    [Theory]
    [InlineData("-- lk: backfill", "", null, null)]
    [InlineData("--lk:backfill key: id", "id", null, null)]
    [InlineData("  -- LK: backfill key: (tenant, \"Id\"), max_rows: 50_000, pause: 10ms", "tenant|Id", 50_000, 10)]
    [InlineData("-- lk: backfill pause: 1s, key: A, b", "a|b", null, 1000)]
    public void its_options_are_read(string line, string key, int? rows, int? pause)
    {
        var directive = Of($"SELECT 1;\n-- a comment\n{line}\n-- another\nUPDATE t SET a = 1;").ShouldNotBeNull();
        string.Join('|', directive.Key).ShouldBe(key);
        directive.MaxRows.ShouldBe(rows);
        (directive.Pause?.TotalMilliseconds).ShouldBe(pause);
        directive.At.ToString().ShouldBe($"a.sql:3:{line.IndexOf('-', StringComparison.Ordinal) + 1}");
    }

    [Theory]
    [InlineData("-- lk: backfill rows: 5")]
    [InlineData("-- lk: backfill id")]
    [InlineData("-- lk: backfill max_rows: 0")]
    [InlineData("-- lk: backfill pause: soon")]
    [InlineData("-- lk: backfill key:")]
    [InlineData("-- lk: backfill key: a, key: b")]
    [InlineData("-- lk: backfill\n-- lk: backfill")]
    public void what_is_no_option_is_refused_with_its_place(string line)
    {
        var error = Should.Throw<LockkeeperException>(() => Of($"SELECT 1;\n{line}\nUPDATE t SET a = 1;"));
        error.Code.ShouldBe(MigrateErrors.BadDirective);
        error.At.ShouldNotBeNull().Line.ShouldBeGreaterThan(1);
    }

    [Theory]
    [InlineData("SELECT '\n-- lk: backfill\n';\nUPDATE t SET a = 1;")]
    [InlineData("-- lk: backfill\nSELECT 1;\nUPDATE t SET a = 1;")]
    [InlineData("-- lk: backfilled\nUPDATE t SET a = 1;")]
    [InlineData("UPDATE t\n-- lk: backfill\nSET a = 1;")]
    public void it_is_for_the_statement_that_it_stands_before(string sql) => BackfillMark.Of(SqlSplitter.Split(sql, "a.sql")[^1]).ShouldBeNull();

    [Fact]
    public void it_may_stand_in_the_head_of_a_file() => Directives.Read("-- lk: backfill key: id\nUPDATE t SET a = 1;", "a.sql").NoTransaction.ShouldBeFalse();

    [Fact]
    public void a_directive_that_is_written_is_read_back() => Check.One(FsCheck.Config.QuickThrowOnFailure, Prop.ForAll(
        Arb.From(Gen.Elements("id", "Tenant", "a_1", "größe", "x:y", "two words").NonEmptyListOf()), Arb.From(Gen.Choose(1, 1_000_000)), Arb.From(Gen.Choose(0, 90_000)),
        (key, rows, pause) =>
        {
            var directive = BackfillDirective.Parse($"backfill key: ({string.Join(", ", key.Select(name => $"\"{name}\""))}), max_rows: {rows}, pause: {pause}ms", new SourcePosition("a.sql", 1, 1));
            directive.Key.ShouldBe(key);
            directive.MaxRows.ShouldBe(rows);
            directive.Pause.ShouldBe(TimeSpan.FromMilliseconds(pause));
        }));

    [Theory]
    [InlineData("UPDATE t SET a = 1")]
    [InlineData("-- x\nUPDATE t SET a = 1")]
    [InlineData("COPY t FROM stdin;\n1\n\\.\n\n-- x\nUPDATE t SET a = 1")]
    public void a_script_that_is_read_in_windows_has_the_same_comments_before_each_statement(string tail)
    {
        var text = string.Concat(Enumerable.Range(0, 3000).Select(n => $"-- before {n}\n/* and */ SELECT {n}\n, 'x;y';;\n")) + tail + ";";
        var whole = SqlSplitter.Split(text, "a.sql").Select(statement => statement.Lead.ToString()).ToList();
        using var reader = new StringReader(text);
        SqlSplitter.Read(reader, "a.sql").Select(statement => statement.Lead.ToString()).ToList().ShouldBe(whole);
        whole[7].ShouldBe("\n-- before 7\n/* and */ ");
    }

    private static BackfillDirective? Of(string sql) => BackfillMark.Of(SqlSplitter.Split(sql, "a.sql")[1]);
}

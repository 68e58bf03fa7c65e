using Lockkeeper.Kernel.Findings;
using Lockkeeper.Migrate.PostgreSql;
using Lockkeeper.Migrate.PostgreSql.Lint;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.PostgreSql.Lint;

public sealed class SuppressionReaderTests
{
    [Fact]
    public void allow_holds_for_the_statement_that_follows()
    {
        var found = Read("SELECT 1;\n-- lk: allow ban-drop-table: nobody uses it\nDROP TABLE\n    orders;\nSELECT 2;").ShouldHaveSingleItem();
        found.Rule.ShouldBe("ban-drop-table");
        found.Reason.ShouldBe("nobody uses it");
        (found.FirstLine, found.LastLine).ShouldBe((2, 4));
    }

    [Fact]
    public void allow_inside_a_statement_holds_for_all_of_it()
    {
        var found = Read("ALTER TABLE orders\n    -- lk: allow ban-drop-column: not used since 7\n    DROP COLUMN note,\n    DROP COLUMN other;").ShouldHaveSingleItem();
        (found.FirstLine, found.LastLine).ShouldBe((1, 4));
    }

    [Fact]
    public void allow_file_holds_for_every_line()
    {
        var found = Read("-- lk: allow-file ban-drop-table: a scratch schema\nDROP TABLE a;\nDROP TABLE b;").ShouldHaveSingleItem();
        (found.FirstLine, found.LastLine).ShouldBe((1, int.MaxValue));
    }

    [Fact]
    public void several_rules_share_a_reason() =>
        Read("-- lk: allow ban-drop-table, ban-truncate: it is empty\nDROP TABLE a;").Select(one => (one.Rule, one.Reason)).ShouldBe([("ban-drop-table", "it is empty"), ("ban-truncate", "it is empty")]);

    [Theory]
    [InlineData("-- lk: allow ban-drop-table\nDROP TABLE a;")]
    [InlineData("-- lk: allow ban-drop-table:\nDROP TABLE a;")]
    public void a_missing_reason_is_empty(string text) => Read(text).ShouldHaveSingleItem().Reason.ShouldBe("");

    [Fact]
    public void line_ends_of_windows_change_nothing()
    {
        var found = Read("SELECT 1;\r\n-- lk: allow ban-drop-table: nobody uses it\r\nDROP TABLE\r\n    orders;\r\n").ShouldHaveSingleItem();
        found.Reason.ShouldBe("nobody uses it");
        (found.At.Line, found.FirstLine, found.LastLine).ShouldBe((2, 2, 4));
    }

    [Fact]
    public void other_comments_allow_nothing() => Read("-- we allow this: it is fine\n-- lk: timeout 5s\nDROP TABLE a;").ShouldBeEmpty();

    private static IReadOnlyList<Suppression> Read(string text)
    {
        var script = MigrationScript.Of(text.Replace("\r\n", "\n", StringComparison.Ordinal), "a.sql");
        return SuppressionReader.Read(script, script.Text, [.. ScriptPreparation.Split(script, script.Text)]);
    }
}

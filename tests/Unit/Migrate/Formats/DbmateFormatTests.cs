using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class DbmateFormatTests
{
    [Fact]
    public void a_file_holds_both_ways_each_with_its_options()
    {
        using var folder = new FormatFolder();
        folder.Write("20240101120000_two_words.sql", "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON t (a);\n\n-- migrate:down\nDROP INDEX i;\n");
        var series = folder.Read();
        series.Format.ShouldBe("dbmate");
        var migration = series.Migrations.Single();
        (migration.Id, migration.Name).ShouldBe(("20240101120000", "two words"));
        migration.Up.NoTransaction.ShouldBeTrue();
        migration.Down!.NoTransaction.ShouldBeFalse();
        migration.Down.Text.ShouldBe("DROP INDEX i;\n");
        migration.Down.FirstLine.ShouldBe(5);
    }

    [Fact]
    public void names_are_anything_after_the_digits()
    {
        using var folder = new FormatFolder();
        foreach (var name in (string[])["1.sql", "2-dash.sql", "3 größer und mehr.sql"])
            folder.Write(name, "-- migrate:up\nSELECT 1;\n-- migrate:down\n");
        folder.Read().Migrations.Select(migration => migration.Title).ShouldBe(["1", "2 dash", "3  größer und mehr"]);
    }

    [Theory]
    [InlineData("--migrate:up\nSELECT 1;\n--migrate:down\nSELECT 2;")]
    [InlineData("--  \tmigrate:up   transaction:true \nSELECT 1;\n-- migrate:down transaction:false\nSELECT 2;")]
    [InlineData("\uFEFF-- migrate:up\r\nSELECT 1;\r\n-- migrate:down\r\nSELECT 2;\r\n")]
    public void the_directives_may_be_spaced_as_dbmate_lets_them(string text)
    {
        var migration = One(text);
        migration.Up.Text.ShouldContain("SELECT 1;");
        migration.Up.NoTransaction.ShouldBeFalse();
        migration.Down!.Text.ShouldStartWith("SELECT 2;");
    }

    [Fact]
    public void a_way_back_without_a_statement_is_none() => One("-- migrate:up\nSELECT 1;\n-- migrate:down\n\n").Down.ShouldBeNull();

    [Fact]
    public void a_migration_that_does_nothing_can_be_applied_because_dbmate_does_too() => One("-- migrate:up\n\n-- migrate:down\n").Up.MayBeEmpty.ShouldBeTrue();

    [Theory]
    [InlineData("SELECT 1;", 1, "the file has no '-- migrate:up'")]
    [InlineData(" -- migrate:up\nSELECT 1;", 1, "the file has no '-- migrate:up'")]
    [InlineData("SELECT 1;\n-- migrate:up", 2, "statements stand before '-- migrate:up'")]
    [InlineData("-- migrate:down\n-- migrate:up", 1, "this '-- migrate:down' is one too many, or out of order")]
    [InlineData("-- migrate:up\n-- migrate:up", 2, "this '-- migrate:up' is one too many, or out of order")]
    [InlineData("-- migrate:up\n-- migrate:down\n-- migrate:up\n-- migrate:down", 3, "this '-- migrate:up' is one too many, or out of order")]
    [InlineData("-- migrate:up transaction:no", 1, "'transaction:no' is not an option of dbmate")]
    [InlineData("-- migrate:up\n-- migrate:down lock:true", 2, "'lock:true' is not an option of dbmate")]
    public void what_does_not_fit_is_refused_with_its_line(string text, int line, string message)
    {
        using var folder = new FormatFolder();
        folder.Write("1_a.sql", text);
        var refused = folder.Refused("dbmate");
        refused.Code.ShouldBe(MigrateErrors.BadScript);
        refused.Message.ShouldBe(message);
        refused.At.ShouldBe(new SourcePosition("migrations/1_a.sql", line, 1));
    }

    [Fact]
    public void names_that_dbmate_would_run_in_another_order_than_their_numbers_are_refused()
    {
        using var folder = new FormatFolder();
        folder.Write("9_a.sql", "-- migrate:up\nSELECT 1;").Write("10_b.sql", "-- migrate:up\nSELECT 1;");
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.BadFileName);
        refused.Message.ShouldStartWith("dbmate runs migrations/10_b.sql before migrations/9_a.sql");
    }

    private static Migration One(string text)
    {
        using var folder = new FormatFolder();
        return folder.Write("1_a.sql", text).Read("dbmate").Migrations.Single();
    }
}

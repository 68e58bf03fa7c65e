using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class GooseFormatTests
{
    private const string Function = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN 1;\nEND $$;\n";

    [Fact]
    public void a_file_holds_both_ways_each_with_its_lines()
    {
        using var folder = new FormatFolder();
        folder.Write("00002_two_words.sql", $"-- a note\n-- +goose Up\n-- +goose StatementBegin\n{Function}-- +goose StatementEnd\n\n-- +goose Down\nDROP FUNCTION f;\n");
        folder.Write("00010_ten.sql", "-- +goose Up\nSELECT 1;");
        folder.Ids().ShouldBe("00002+, 00010");
        var two = folder.Read().Migrations[0];
        two.Name.ShouldBe("two words");
        two.Up.Text.ShouldContain("RETURN 1;");
        two.Up.Text.ShouldNotContain("DROP");
        two.Up.FirstLine.ShouldBe(1);
        two.Down!.Text.ShouldBe("DROP FUNCTION f;\n");
        two.Down.FirstLine.ShouldBe(11);
        two.Up.NoTransaction.ShouldBeFalse();
    }

    [Fact]
    public void the_annotation_says_which_format_it_is()
    {
        using var folder = new FormatFolder();
        folder.Write("20240101120000_a.sql", "-- +goose Up\nSELECT 1;");
        folder.Read().Format.ShouldBe("goose");
        folder.Read().FormatReason.ShouldBe("because of 20240101120000_a.sql");
    }

    [Fact]
    public void no_transaction_counts_for_both_ways_wherever_it_stands()
    {
        var migration = One("-- +goose Up\nVACUUM;\n-- +goose Down\n-- +goose no transaction\nVACUUM;");
        migration.Up.NoTransaction.ShouldBeTrue();
        migration.Down!.NoTransaction.ShouldBeTrue();
    }

    [Fact]
    public void directives_of_lockkeeper_may_stand_above_the_annotation() => One("-- lk: timeout 5s\n-- +goose Up\nSELECT 1;").Up.Timeout.ShouldBe(TimeSpan.FromSeconds(5));

    [Theory]
    [InlineData("-- +goose Up\nSELECT 1;\n-- +goose Down")]
    [InlineData("-- +goose Up\nSELECT 1;\n-- +goose Down\n-- nothing /* to do\n")]
    [InlineData("-- +goose Up\nSELECT 1;\n-- +goose Down\n/* nothing /* at */ all; */ ;\n")]
    public void a_way_back_without_a_statement_is_none(string text) => One(text).Down.ShouldBeNull();

    [Fact]
    public void a_migration_that_does_nothing_can_be_applied_because_goose_does_too() => One("-- +goose Up\n-- +goose Down\nSELECT 2;").Up.MayBeEmpty.ShouldBeTrue();

    [Theory]
    [InlineData("SELECT 1;", 1, "the file has no '-- +goose Up'")]
    [InlineData("SELECT 1;\n-- +goose Up", 2, "statements stand before '-- +goose Up'")]
    [InlineData("-- +goose Up\n-- +goose Up", 2, "a goose file has one '-- +goose Up', at its start")]
    [InlineData("-- +goose Up\n-- +goose Down\n-- +goose Up", 3, "a goose file has one '-- +goose Up', at its start")]
    [InlineData("-- +goose Down\n-- +goose Up", 1, "a goose file has one '-- +goose Down', after '-- +goose Up' and outside of a statement")]
    [InlineData("-- +goose Up\n-- +goose StatementEnd", 2, "'-- +goose StatementEnd' has no StatementBegin before it")]
    [InlineData("-- +goose Up\n-- +goose StatementBegin\nSELECT 1;", 2, "'-- +goose StatementBegin' has no StatementEnd after it")]
    [InlineData("-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementBegin", 3, "'-- +goose StatementBegin' stands before '-- +goose Up' or inside of another one")]
    [InlineData("-- +goose Up\n\n -- +goose Down", 3, "a goose annotation must start at the first column")]
    [InlineData("-- +goose Up\n-- +goose Sideways", 2, "'Sideways' is not an annotation of goose")]
    public void what_goose_would_not_read_is_refused_with_its_line(string text, int line, string message)
    {
        using var folder = new FormatFolder();
        folder.Write("1_a.sql", text);
        var refused = folder.Refused("goose");
        refused.Code.ShouldBe(MigrateErrors.BadScript);
        refused.Message.ShouldBe(message);
        refused.At.ShouldBe(new SourcePosition("migrations/1_a.sql", line, 1));
    }

    [Fact]
    public void variables_of_the_environment_are_placeholders_and_must_have_a_value()
    {
        var script = One("-- +goose Up\n-- +goose ENVSUB ON\nSELECT '${OWNER}';\n-- +goose ENVSUB OFF\nDO $$BEGIN END$$;").Up;
        new Placeholders("goose", new Dictionary<string, string> { ["OWNER"] = "anna" }).Replace(script).ShouldContain("SELECT 'anna';");
        var refused = Should.Throw<LockkeeperException>(() => new Placeholders("goose", new Dictionary<string, string>()).Replace(script));
        refused.At.ShouldBe(new SourcePosition("migrations/1_a.sql", 3, 9));
    }

    [Theory]
    [InlineData("-- +goose Up\n-- +goose ENVSUB ON\nSELECT $OWNER;", 3, 8)]
    [InlineData("-- +goose Up\n-- +goose ENVSUB ON\nSELECT '${OWNER:-me}';", 3, 9)]
    [InlineData("-- +goose Up\nSELECT '${X}';\n-- +goose ENVSUB ON\nSELECT 1;", 2, 9)]
    public void other_forms_of_substitution_are_named(string text, int line, int column)
    {
        using var folder = new FormatFolder();
        folder.Write("1_a.sql", text);
        var refused = folder.Refused("goose");
        refused.Code.ShouldBe(MigrateErrors.NotSupported);
        refused.At.ShouldBe(new SourcePosition("migrations/1_a.sql", line, column));
    }

    [Fact]
    public void a_migration_in_go_is_named_because_it_cannot_run()
    {
        using var folder = new FormatFolder();
        folder.Write("00001_a.sql", "-- +goose Up\nSELECT 1;").Write("00002_fill.go", "package migrations").Write("00002_fill_test.go", "package migrations");
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.NotSupported);
        refused.Message.ShouldStartWith("migrations/00002_fill.go is a migration in Go");
    }

    [Theory]
    [InlineData("a.sql")]
    [InlineData("1.sql")]
    [InlineData("1_a.SQL")]
    public void a_name_that_does_not_fit_is_refused(string file)
    {
        using var folder = new FormatFolder();
        folder.Write("00001_a.sql", "-- +goose Up\nSELECT 1;").Write(file, "-- +goose Up\nSELECT 1;");
        folder.Refused().Code.ShouldBe(MigrateErrors.BadFileName);
    }

    private static Migration One(string text)
    {
        using var folder = new FormatFolder();
        return folder.Write("1_a.sql", text).Read("goose").Migrations.Single();
    }
}

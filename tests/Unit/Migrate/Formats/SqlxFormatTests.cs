using Lockkeeper.Migrate;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class SqlxFormatTests
{
    [Fact]
    public void simple_and_reversible_files_may_stand_side_by_side()
    {
        using var folder = new FormatFolder("20240101_simple.sql", "20240102_both_ways.up.sql", "20240102_both_ways.down.sql");
        folder.Ids("sqlx").ShouldBe("20240101, 20240102+");
        folder.Read("sqlx").Migrations[1].Name.ShouldBe("both ways");
    }

    [Fact]
    public void the_first_line_may_say_that_there_is_no_transaction_and_says_which_format_it_is()
    {
        using var folder = new FormatFolder();
        folder.Write("1_a.sql", "-- no-transaction\nVACUUM;").Write("2_b.sql", "-- a note\n-- no-transaction\nSELECT 1;");
        var series = folder.Read();
        (series.Format, series.FormatReason).ShouldBe(("sqlx", "because of 1_a.sql"));
        series.Migrations.Select(migration => migration.Up.NoTransaction).ShouldBe([true, false]);
    }

    [Theory]
    [InlineData("../sqlx.toml")]
    [InlineData("../.sqlx/query-1.json")]
    public void files_of_sqlx_beside_the_folder_say_which_format_it_is(string control)
    {
        using var folder = new FormatFolder("1_a.up.sql", "1_a.down.sql");
        folder.Read().Format.ShouldBe("lockkeeper");
        folder.Write(control, "");
        folder.Read().Format.ShouldBe("sqlx");
        folder.Ids().ShouldBe("1+");
    }

    [Theory]
    [InlineData("a.sql", "migrations/a.sql is not named as a sqlx migration")]
    [InlineData("2.sql", "migrations/2.sql is not named as a sqlx migration")]
    [InlineData("2_b.down.sql", "migrations/2_b.down.sql undoes a migration that is not there")]
    public void what_does_not_fit_is_named(string file, string message)
    {
        using var folder = new FormatFolder("1_a.sql", file);
        var refused = folder.Refused("sqlx");
        refused.Code.ShouldBe(MigrateErrors.BadFileName);
        refused.Message.ShouldBe(message);
    }
}

using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class FlywayFormatTests
{
    [Fact]
    public void versions_come_in_their_order_baselines_among_them_and_repeatable_ones_last_by_name()
    {
        using var folder = new FormatFolder("R__b.sql", "V1_10__ten.sql", "V1.2__two.sql", "B1_2__state.sql", "R__a.sql", "V1__one.sql", "U1__one.sql");
        folder.Ids().ShouldBe("1+, 1.2, B:1.2, 1.10, R:a, R:b");
        folder.Read().Migrations.Select(migration => migration.Kind).ShouldBe([
            MigrationKind.Versioned, MigrationKind.Versioned, MigrationKind.Baseline, MigrationKind.Versioned, MigrationKind.Repeatable, MigrationKind.Repeatable]);
    }

    [Fact]
    public void folders_below_are_read_too()
    {
        using var folder = new FormatFolder("V1__one.sql", "2024/V3__three.sql", "2023/q4/V2__two_words.sql", "2023/q4/U2__another_name.sql");
        folder.Ids().ShouldBe("1, 2+, 3");
        var two = folder.Read().Migrations[1];
        two.Name.ShouldBe("two words");
        two.Up.File.ShouldBe("migrations/2023/q4/V2__two_words.sql");
    }

    [Fact]
    public void a_name_may_be_empty() => Ids("V1__.sql").ShouldBe("1");

    [Fact]
    public void an_undo_file_without_its_version_is_left_alone_as_flyway_does() => Ids("V2__a.sql", "U1__gone.sql").ShouldBe("2");

    [Theory]
    [InlineData("V__a.sql")]
    [InlineData("V2_a.sql")]
    [InlineData("v2__a.sql")]
    [InlineData("V2..1__a.sql")]
    [InlineData("V2a__a.sql")]
    [InlineData("R1__a.sql")]
    [InlineData("2__a.sql")]
    [InlineData("U__a.sql")]
    public void a_name_that_does_not_fit_is_refused(string file)
    {
        using var folder = new FormatFolder("V1__good.sql", file);
        var refused = folder.Refused("flyway");
        refused.Code.ShouldBe(MigrateErrors.BadFileName);
        refused.At!.File.ShouldBe($"migrations/{file}");
    }

    [Theory]
    [InlineData("beforeMigrate.sql")]
    [InlineData("afterEachMigrate__log.sql")]
    public void a_callback_is_refused_because_it_would_not_run(string file)
    {
        using var folder = new FormatFolder("V1__good.sql", file);
        folder.Refused().Message.ShouldBe($"migrations/{file} is a callback of Flyway, and callbacks are not run here");
    }

    [Theory]
    [InlineData("V1__a.sql", "V1.0__b.sql")]
    [InlineData("V1__a.sql", "sub/V01__a.sql")]
    [InlineData("U1__a.sql", "U1__b.sql")]
    [InlineData("R__a.sql", "sub/R__a.sql")]
    [InlineData("B1__a.sql", "B01__b.sql")]
    public void what_stands_twice_is_refused_with_both_names(string first, string second)
    {
        using var folder = new FormatFolder(first, second);
        var refused = folder.Refused("flyway");
        refused.Code.ShouldBe(MigrateErrors.DuplicateVersion);
        refused.Message.ShouldContain(first);
        refused.Message.ShouldContain(second);
    }

    [Fact]
    public void settings_beside_a_script_are_taken_over()
    {
        using var folder = new FormatFolder("V1__a.sql", "U1__a.sql");
        folder.Write("V1__a.sql.conf", "# a comment\n\nexecuteInTransaction = false\nshouldExecute=FALSE\noutOfOrder=true\nplaceholderReplacement=false\nencoding=UTF-8\n");
        var migration = folder.Read().Migrations.Single();
        migration.Up.NoTransaction.ShouldBeTrue();
        migration.Up.ReplacePlaceholders.ShouldBeFalse();
        migration.Disabled.ShouldBeTrue();
        migration.OutOfOrder.ShouldBe(true);
        migration.Down!.NoTransaction.ShouldBeFalse();
    }

    [Theory]
    [InlineData("executeInTransaktion=false", "'executeInTransaktion' is not a known setting of a Flyway script")]
    [InlineData("executeInTransaction=no", "'no' is neither true nor false")]
    [InlineData("executeInTransaction", "'' is neither true nor false")]
    [InlineData("encoding=ISO-8859-1", "the encoding ISO-8859-1 is not supported")]
    public void a_setting_that_is_not_understood_is_refused_with_its_line(string line, string message)
    {
        using var folder = new FormatFolder("V1__a.sql");
        folder.Write("V1__a.sql.conf", "# first line\n" + line);
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.BadScriptSettings);
        refused.Message.ShouldBe(message);
        refused.At.ShouldBe(new SourcePosition("migrations/V1__a.sql.conf", 2, 1));
    }

    private static string Ids(params string[] files)
    {
        using var folder = new FormatFolder(files);
        return folder.Ids();
    }
}

using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class EvolveFormatTests
{
    [Fact]
    public void versions_come_in_their_order_and_repeatable_ones_last()
    {
        using var folder = new FormatFolder("R__views.sql", "V1_10__ten.sql", "sub/V1_2__two_words.sql", "V1.0__one.sql");
        folder.Ids("evolve").ShouldBe("1.0, 1.2, 1.10, R:views");
        folder.Read("evolve").Migrations[1].Name.ShouldBe("two words");
    }

    [Fact]
    public void an_option_tells_it_from_flyway_whose_names_are_the_same()
    {
        using var folder = new FormatFolder("V1__a.sql", "V2__b.sql");
        folder.Read().Format.ShouldBe("flyway");
        folder.Write("V2__b.sql", "-- evolve-tx-off\nVACUUM;");
        folder.Read().Format.ShouldBe("evolve");
        folder.Read().Migrations.Select(migration => migration.Up.NoTransaction).ShouldBe([false, true]);
    }

    [Fact]
    public void an_option_of_a_repeatable_file_is_seen_behind_many_versions()
    {
        using var folder = new FormatFolder([.. Enumerable.Range(1, 20).Select(version => $"V{version}__a.sql")]);
        folder.Write("R__always.sql", "-- Evolve-Repeat-Always for evolve\nSELECT 1;");
        folder.Read().Format.ShouldBe("evolve");
        folder.Read().Migrations[^1].RunAlways.ShouldBeTrue();
    }

    [Fact]
    public void an_option_below_the_first_statement_is_a_comment()
    {
        using var folder = new FormatFolder();
        folder.Write("V1__a.sql", "SELECT 1;\n-- evolve-tx-off\n");
        folder.Read("evolve").Migrations.Single().Up.NoTransaction.ShouldBeFalse();
    }

    [Theory]
    [InlineData("-- evolve-tx-of", "'evolve-tx-of' is not an option of Evolve", 4)]
    [InlineData("-- evolve-tx-off\n--   evolve-repeatable-deps = R__a.sql", "dependencies between repeatable migrations are not supported here", 6)]
    public void what_is_not_covered_is_named(string text, string message, int column)
    {
        using var folder = new FormatFolder();
        folder.Write("R__b.sql", text + "\nSELECT 1;");
        var refused = folder.Refused("evolve");
        refused.Message.ShouldBe(message);
        refused.At.ShouldBe(new SourcePosition("migrations/R__b.sql", text.Split('\n').Length, column));
    }

    [Theory]
    [InlineData("U1__a.sql")]
    [InlineData("B1__a.sql")]
    [InlineData("R1__a.sql")]
    [InlineData("V__a.sql")]
    [InlineData("V1_a.sql")]
    public void a_name_that_does_not_fit_is_refused(string file)
    {
        using var folder = new FormatFolder("V1__good.sql", file);
        folder.Refused("evolve").Code.ShouldBe(MigrateErrors.BadFileName);
    }

    [Fact]
    public void placeholders_are_in_braces_and_others_stay()
    {
        var script = new MigrationScript { File = "a.sql", Text = "${a} :a ${b} ${A}", Sha256 = "" };
        new Placeholders("evolve", new Dictionary<string, string> { ["a"] = "x" }).Replace(script).ShouldBe("x :a ${b} ${A}");
    }
}

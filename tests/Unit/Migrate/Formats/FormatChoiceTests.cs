using Lockkeeper.Migrate;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class FormatChoiceTests
{
    [Theory]
    [InlineData("lockkeeper", "because of 0001_a.up.sql", "0001_a.up.sql", "0001_a.down.sql")]
    [InlineData("flyway", "because of R__a.sql", "R__a.sql")]
    [InlineData("flyway", "because of sub/V1__a.sql", "sub/V1__a.sql")]
    [InlineData("plain", "because of 000001.sql", "000001.sql", "000002_b.sql")]
    [InlineData("lockkeeper", "the folder is empty")]
    [InlineData("lockkeeper", "the folder is empty", "README.md", ".hidden.sql")]
    public void the_files_say_which_format_it_is(string format, string reason, params string[] files)
    {
        using var folder = new FormatFolder(files);
        var series = folder.Read();
        series.Format.ShouldBe(format);
        series.FormatReason.ShouldBe(reason);
    }

    [Fact]
    public void a_format_that_the_configuration_names_is_not_questioned()
    {
        using var folder = new FormatFolder("0001_a.sql", "V2__b.sql");
        var refused = folder.Refused("flyway");
        refused.Code.ShouldBe(MigrateErrors.BadFileName);
        folder.Refused("plain").At!.File.ShouldBe("migrations/V2__b.sql");
    }

    [Fact]
    public void files_of_several_formats_are_named_with_theirs()
    {
        using var folder = new FormatFolder("0001_a.up.sql", "V2__b.sql");
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.UnknownFormat);
        refused.Message.ShouldBe("several formats match the files of migrations: lockkeeper (0001_a.up.sql), flyway (V2__b.sql)");
        refused.Hint.ShouldBe("Set databases.shop.format in lockkeeper.yaml.");
    }

    [Theory]
    [InlineData("seed.sql")]
    [InlineData("2024/0001_a.up.sql")]
    [InlineData("2024/0001.sql")]
    [InlineData("0001_a.down.sql")]
    public void files_that_no_format_would_read_are_not_taken_for_an_empty_folder(string file)
    {
        using var folder = new FormatFolder(file);
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.UnknownFormat);
        refused.Message.ShouldContain(file);
    }

    [Fact]
    public void an_unknown_format_is_refused_with_the_known_ones()
    {
        using var folder = new FormatFolder();
        folder.Refused("squashed").Hint.ShouldStartWith("Choose one of: auto, lockkeeper, flyway, plain, ");
    }
}

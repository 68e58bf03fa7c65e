using Lockkeeper.Migrate;
using Lockkeeper.Migrate.Series;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class LockkeeperFormatTests
{
    [Fact]
    public void files_are_ordered_by_number_and_paired_with_their_way_back()
    {
        using var folder = new FormatFolder("10_last.up.sql", "2_more.up.sql", "2_more.down.sql", "0001_first.up.sql", "20240101120000_later.up.sql");
        folder.Ids().ShouldBe("0001, 2+, 10, 20240101120000");
        var more = folder.Read().Migrations[1];
        more.Title.ShouldBe("2 more");
        more.Up.File.ShouldBe("migrations/2_more.up.sql");
        more.Down!.File.ShouldBe("migrations/2_more.down.sql");
    }

    [Fact]
    public void a_baseline_file_stands_for_the_versions_up_to_its_own()
    {
        using var folder = new FormatFolder("0002_squashed.baseline.sql", "0003_c.up.sql");
        folder.Ids().ShouldBe("B:0002, 0003");
        folder.Read().Migrations[0].Kind.ShouldBe(MigrationKind.Baseline);
        using var alone = new FormatFolder("0002_squashed.baseline.sql");
        alone.Ids().ShouldBe("B:0002");
    }

    [Fact]
    public void other_files_and_folders_below_are_left_alone()
    {
        using var folder = new FormatFolder("1_a.up.sql", "README.md", "archive/0_old.up.sql", "notes/scratch.sql");
        folder.Ids().ShouldBe("1");
    }

    [Theory]
    [InlineData("a.up.sql")]
    [InlineData("1.up.sql")]
    [InlineData("1_.up.sql")]
    [InlineData("1_a.sql")]
    [InlineData("v1_a.up.sql")]
    [InlineData("1.2_a.up.sql")]
    [InlineData("1_a.UP.sql")]
    public void a_name_that_does_not_fit_is_refused(string file)
    {
        using var folder = new FormatFolder("0001_good.up.sql", file);
        var refused = folder.Refused("lockkeeper");
        refused.Code.ShouldBe(MigrateErrors.BadFileName);
        refused.At!.File.ShouldBe($"migrations/{file}");
        refused.Hint.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("0001_a.up.sql", "1_b.up.sql")]
    [InlineData("7_a.up.sql", "7_b.up.sql")]
    public void two_files_with_one_version_are_both_named(string first, string second)
    {
        using var folder = new FormatFolder(first, second);
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.DuplicateVersion);
        refused.Message.ShouldContain(first);
        refused.Message.ShouldContain(second);
    }

    [Theory]
    [InlineData("2_b.down.sql")]
    [InlineData("1_other.down.sql")]
    public void a_way_back_without_its_migration_is_refused(string down)
    {
        using var folder = new FormatFolder("1_a.up.sql", down);
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.BadFileName);
        refused.Message.ShouldContain(down);
    }
}

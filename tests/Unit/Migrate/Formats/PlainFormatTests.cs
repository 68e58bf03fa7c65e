using Lockkeeper.Migrate;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Formats;

public sealed class PlainFormatTests
{
    [Fact]
    public void files_are_ordered_by_number_whatever_comes_between_number_and_name()
    {
        using var folder = new FormatFolder("000001.sql", "2_two_words.sql", "10-ten.sql", "0003.three.sql", "0015_jump.sql", "meta/0001.sql");
        folder.Ids().ShouldBe("000001, 2, 0003, 10, 0015");
        folder.Read().Migrations.Select(migration => migration.Name).ShouldBe(["", "two words", "three", "ten", "jump"]);
    }

    [Theory]
    [InlineData("seed.sql")]
    [InlineData("1a.sql")]
    [InlineData("1_.sql")]
    public void a_name_without_a_number_is_refused(string file)
    {
        using var folder = new FormatFolder("0001.sql", file);
        var refused = folder.Refused();
        refused.Code.ShouldBe(MigrateErrors.BadFileName);
        refused.At!.File.ShouldBe($"migrations/{file}");
    }

    [Fact]
    public void two_files_with_one_number_are_refused()
    {
        using var folder = new FormatFolder("1_a.sql", "0001-b.sql");
        folder.Refused().Code.ShouldBe(MigrateErrors.DuplicateVersion);
    }
}

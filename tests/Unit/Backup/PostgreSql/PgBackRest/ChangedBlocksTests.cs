using Lockkeeper.Backup.PostgreSql.PgBackRest;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Backup.PostgreSql.PgBackRest;

public sealed class ChangedBlocksTests
{
    [Theory]
    [InlineData("2.45", null, "")]
    [InlineData("2.46", null, "1 2")]
    [InlineData("2.55", "repo1-path=/a\nrepo1-bundle=y\n", "2")]
    [InlineData("2.55", "repo1-path=/a\nrepo1-bundle=y\nrepo1-block=y\nrepo2-path=/b\n", "1")]
    [InlineData("2.55", "repo11-path=/a\n", "1 2")]
    [InlineData(null, null, "")]
    public void new_repositories_get_changed_blocks_where_the_program_can_and_old_ones_stay_as_they_are(string? version, string? there, string expected) =>
        string.Join(' ', PgBackRestSetup.InBlocks(version is null ? null : Version.Parse(version), there, 2).Order()).ShouldBe(expected);
}

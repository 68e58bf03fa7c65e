using Lockkeeper.Migrate.Fix;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Migrate.Fix;

public sealed class LineDiffTests
{
    [Fact]
    public void a_diff_shows_what_changed_with_three_lines_around_it() =>
        LineDiff.Of("a.sql", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\nand more\n6\n7\n8\n9\n").ShouldBe(
            "--- a.sql\n+++ a.sql\n@@ -2,7 +2,8 @@\n 2\n 3\n 4\n-5\n+five\n+and more\n 6\n 7\n 8\n");

    [Fact]
    public void lines_that_stay_between_two_changes_are_not_shown_as_changed() =>
        LineDiff.Of("a.sql", "a\nkeep\nb\n", "x\nkeep\ny\n").ShouldBe("--- a.sql\n+++ a.sql\n@@ -1,3 +1,3 @@\n-a\n+x\n keep\n-b\n+y\n");

    [Fact]
    public void lines_at_the_start_and_at_the_end_can_be_new() =>
        LineDiff.Of("a.sql", "a\n", "new\na\nlast\n").ShouldBe("--- a.sql\n+++ a.sql\n@@ -1,1 +1,3 @@\n+new\n a\n+last\n");
}

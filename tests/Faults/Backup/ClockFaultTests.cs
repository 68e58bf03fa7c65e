using System.Globalization;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>The clock of the archive's host goes back by an hour between two segments, as their times show.</summary>
public sealed class ClockFaultTests
{
    [Fact]
    public async Task a_time_that_was_there_twice_is_refused_and_a_place_in_the_log_is_not()
    {
        await using var project = await BackupProject.CreateAsync();
        await project.SqlAsync("CREATE TABLE orders (id int PRIMARY KEY)");
        (await project.RunAsync("take", "--type", "full")).ExitCode.ShouldBe(0);
        for (var i = 1; i <= 3; i++)
        {
            await project.SqlAsync($"INSERT INTO orders VALUES ({i})");
            (await project.RunAsync("check")).ExitCode.ShouldBe(0);
        }

        var segments = project.Segments();
        var last = segments[^1];
        var twice = File.GetLastWriteTimeUtc(segments[^2]);
        File.SetLastWriteTimeUtc(last, File.GetLastWriteTimeUtc(last).AddHours(-1));

        var list = await project.RunAsync("list");
        list.Output.ShouldContain("the clock went back from");
        list.Output.ShouldContain($"before {Path.GetFileName(last)[..24]}");
        var steps = (await project.JsonAsync("list"))["repositories"]![0]!["clock_steps"]!.AsArray();
        steps.ShouldHaveSingleItem()!["segment"]!.GetValue<string>().ShouldBe(Path.GetFileName(last)[..24]);

        var refused = await project.RunAsync("restore", "--target", twice.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        refused.ExitCode.ShouldBe(3, refused.ToString());
        refused.Errors.ShouldContain("LK5022");
        refused.Errors.ShouldContain("HINT: Name a place in the log");

        // The newest state does not depend on any clock.
        var restored = await project.JsonAsync("restore");
        (await BackupProject.AskAsync(restored, "SELECT max(id), count(*) FROM orders")).ShouldBe("3|3");
        await project.StopAsync(restored);
    }
}

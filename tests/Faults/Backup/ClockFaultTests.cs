using System.Globalization;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>Clocks that are set while WAL is archived: the archive's, as the times of its files show, and the server's, really.</summary>
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

    [Fact]
    public async Task a_server_whose_clock_is_ahead_and_is_set_back_loses_nothing_without_a_word()
    {
        using var clock = ShiftedClock.Create();
        await using var project = await BackupProject.CreateAsync(binaries: clock.Binaries);
        await project.SqlAsync("CREATE TABLE orders (id int PRIMARY KEY)");
        (await project.RunAsync("take", "--type", "full")).ExitCode.ShouldBe(0);
        await ArchivedAsync(project);

        clock.Set(TimeSpan.FromHours(1));
        await project.SqlAsync("INSERT INTO orders VALUES (1)");
        await project.SqlAsync("INSERT INTO orders VALUES (2)");
        await ArchivedAsync(project);

        clock.Set(TimeSpan.Zero);
        await project.SqlAsync("INSERT INTO orders VALUES (3)");
        await ArchivedAsync(project);
        // The archive's times go on, so that only a time from half a minute on can be told from clocks that differ a little.
        var segments = project.Segments();
        foreach (var segment in segments.Take(segments.Count - 1))
            File.SetLastWriteTimeUtc(segment, File.GetLastWriteTimeUtc(segment).AddMinutes(-1));

        // By the clock this is after all three; recovery ends before the first, which is dated an hour later.
        var moment = File.GetLastWriteTimeUtc(segments[^1]).AddSeconds(-1).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
        var early = await project.JsonAsync("restore", "--target", moment);
        (await BackupProject.AskAsync(early, "SELECT count(*) FROM orders")).ShouldBe("0");
        early["lacks"]!.AsArray().Select(lack => (string)lack!).ShouldHaveSingleItem().ShouldContain("the clock of the server was ahead of the repository's there");
        await project.StopAsync(early);

        var whole = await project.JsonAsync("restore");
        (await BackupProject.AskAsync(whole, "SELECT count(*) FROM orders")).ShouldBe("3");
        whole["lacks"]!.AsArray().ShouldBeEmpty();
        await project.StopAsync(whole);
    }

    [Fact]
    public async Task a_server_whose_clock_is_behind_is_told_of_and_restored_to_its_end()
    {
        using var clock = ShiftedClock.Create();
        clock.Set(TimeSpan.FromHours(-1));
        await using var project = await BackupProject.CreateAsync(binaries: clock.Binaries);
        await project.SqlAsync("CREATE TABLE orders (id int PRIMARY KEY)");
        var taken = await project.RunAsync("take", "--type", "full");
        taken.ExitCode.ShouldBe(0, taken.ToString());
        await project.SqlAsync("INSERT INTO orders VALUES (1)");
        await ArchivedAsync(project);

        var restored = await project.JsonAsync("restore");
        (await BackupProject.AskAsync(restored, "SELECT count(*) FROM orders")).ShouldBe("1");
        await project.StopAsync(restored);
        var drill = await project.JsonAsync("drill");
        drill["passed"]!.GetValue<bool>().ShouldBeTrue(drill.ToString());
    }

    /// <summary>Whether the archiver sees the clock that was set depends on its luck, and <c>check</c> says what it finds.</summary>
    private static async Task ArchivedAsync(BackupProject project)
    {
        var check = await project.RunAsync("check");
        check.Output.ShouldContain("reached the repository", Case.Sensitive, check.ToString());
        if (check.ExitCode != 0)
            check.Output.ShouldMatch("the clock of .* the server's: set them right");
    }
}

using System.Globalization;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>Repositories that lose segments and passes, and runs that are killed in the middle.</summary>
public sealed class RepositoryFaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_segment_that_is_gone_breaks_the_map_and_a_full_backup_mends_it()
    {
        await using var project = await StartAsync();
        (await project.RunAsync("take", "--type", "full")).ExitCode.ShouldBe(0);
        for (var i = 0; i < 3; i++)
        {
            await project.SqlAsync("INSERT INTO orders SELECT i, 'more' FROM generate_series(1, 100) i; SELECT pg_switch_wal()");
            (await project.RunAsync("check")).ExitCode.ShouldBe(0);
        }

        (await project.RunAsync("verify")).ExitCode.ShouldBe(0);
        var gone = project.Segments()[^3];
        File.Delete(gone);
        var list = await project.RunAsync("list");
        list.ExitCode.ShouldBe(1);
        list.Output.ShouldContain($"{Path.GetFileName(gone)[..24]} is missing");
        list.Output.ShouldContain("take a full backup now");
        var verify = await project.RunAsync("verify");
        verify.ExitCode.ShouldBe(1, verify.ToString());
        verify.Output.ShouldContain("1 WAL segment is missing from");
        var refused = await project.RunAsync("restore", "--target", File.GetLastWriteTimeUtc(project.Segments()[^1]).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        refused.Errors.ShouldContain("LK5010", Case.Sensitive, refused.ToString());

        (await project.RunAsync("take", "--type", "full")).ExitCode.ShouldBe(0);
        (await project.RunAsync("list")).Output.ShouldNotContain("take a full backup now");
        var drill = await project.RunAsync("drill");
        drill.ExitCode.ShouldBe(0, drill.ToString());
    }

    [Fact]
    public async Task a_wrong_pass_and_two_at_once_and_another_clusters_repository_are_refused_with_the_reason()
    {
        await using var project = await StartAsync(", cipher: \"${env:CIPHER}\"");
        var both = await Task.WhenAll(project.RunAsync("take", "--type", "full"), project.RunAsync("take", "--type", "full"));
        string.Join(' ', both.Select(one => one.ExitCode).Order()).ShouldBeOneOf("0 3", "0 0");
        both.Where(one => one.ExitCode == 3).ShouldAllBe(one => one.Errors.Contains("LK5005", StringComparison.Ordinal));

        project.Server.Project.Variables["CIPHER"] = "another pass of twenty letters";
        var wrong = await project.RunAsync("take");
        wrong.ExitCode.ShouldBe(3, wrong.ToString());
        (await project.Server.RunAsync("apply")).ToString().ShouldNotContain("twenty letters");
        var locked = await project.RunAsync("list");
        locked.ExitCode.ShouldNotBe(0, locked.ToString());
        locked.ToString().ShouldNotContain("twenty");
        project.Server.Project.Variables["CIPHER"] = "a pass of twenty-four letters";
        (await project.Server.RunAsync("apply")).ExitCode.ShouldBe(0);
        (await project.RunAsync("take")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task with_a_wrong_pass_nothing_is_restored_verified_or_drilled_and_nothing_is_held_against_the_backups()
    {
        await using var project = await StartAsync(", cipher: \"${env:CIPHER}\"");
        (await project.RunAsync("take", "--type", "full")).ExitCode.ShouldBe(0);
        var config = Path.Combine(project.Folder, "pgbackrest.conf");
        var right = await File.ReadAllBytesAsync(config, Cancel);
        await Repositories.OverwriteAsync(config, System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(right).Replace("a pass of twenty-four letters", "another pass of twenty letters", StringComparison.Ordinal)));
        foreach (var verb in new[] { "restore", "drill", "estimate" })
        {
            var refused = await project.RunAsync(verb);
            refused.ExitCode.ShouldBe(3, $"{verb}: {refused}");
            refused.Errors.ShouldContain($"LK5007: {project.Repository} cannot be used: its pass is not the one that it was written with", Case.Sensitive, $"{verb}: {refused}");
            refused.Errors.ShouldContain("HINT: Look at 'cipher' of the repository");
            refused.ToString().ShouldNotContain("twenty");
        }

        foreach (var verb in new[] { "verify", "list", "alerts" })
        {
            var found = await project.RunAsync(verb);
            found.ExitCode.ShouldBe(1, $"{verb}: {found}");
            found.Output.ShouldContain("cannot be used: its pass is not the one that it was written with");
        }

        foreach (var folder in new[] { "restores", "drills" })
            (Directory.Exists(Path.Combine(project.Folder, folder)) ? Directory.GetFileSystemEntries(Path.Combine(project.Folder, folder)) : []).ShouldBeEmpty();
        await Repositories.OverwriteAsync(config, right);
        (await project.RunAsync("list")).Output.ShouldNotContain("broken:");
        (await project.RunAsync("verify")).ExitCode.ShouldBe(0);
        var drill = await project.RunAsync("drill");
        drill.ExitCode.ShouldBe(0, drill.ToString());
    }

    [Fact]
    public async Task a_backup_and_a_drill_that_are_killed_leave_nothing_that_the_next_one_does_not_clear()
    {
        await using var project = await StartAsync();
        (await project.RunAsync("take", "--type", "full")).ExitCode.ShouldBe(0);
        foreach (var delay in new[] { 700, 1500 })
        {
            await KillAsync(project, delay, "take", "--type", "full");
            await TakeInTheEndAsync(project);
        }

        foreach (var delay in new[] { 1200, 2500 })
            await KillAsync(project, delay, "drill");
        var drill = await project.RunAsync("drill");
        drill.ExitCode.ShouldBe(0, drill.ToString());
        Directory.GetDirectories(Path.Combine(project.Folder, "drills")).ShouldBeEmpty();
        (await project.Server.Project.RunAsync("ledger", "verify")).ExitCode.ShouldBe(0);
    }

    private static async Task KillAsync(BackupProject project, int delay, params string[] arguments)
    {
        await using var run = await project.Server.Project.StartAsync(["backup", .. arguments]);
        await Task.Delay(delay, Cancel);
        run.Kill();
        await run.WaitAsync();
    }

    /// <summary>pgBackRest goes on for a moment after the lk that had started it is gone, and holds its lock.</summary>
    private static async Task TakeInTheEndAsync(BackupProject project)
    {
        LkResult? last = null;
        for (var tries = 0; tries < 60; tries++)
        {
            last = await project.RunAsync("take");
            if (last.ExitCode == 0)
                return;
            last.Errors.ShouldContain("LK5005", Case.Sensitive, last.ToString());
            await Task.Delay(500, Cancel);
        }

        throw new InvalidOperationException(last!.ToString());
    }

    private static async Task<BackupProject> StartAsync(string repository = "")
    {
        var project = await BackupProject.CreateAsync(repository: repository);
        await project.SqlAsync("CREATE TABLE orders (id int, note text); INSERT INTO orders SELECT i, 'note ' || i FROM generate_series(1, 2000) i");
        return project;
    }
}

using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>The repository is full, cannot be written or goes away in the middle of a backup. The backups before stay, what is wrong is said, and the next run works.</summary>
public sealed class FailingRepositoryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Long")]
    public async Task a_repository_that_is_full_in_the_middle_ends_the_backup_and_the_one_before_can_be_restored()
    {
        await using var project = await StartAsync();
        await using var disk = await SmallDisk.UnderAsync(project.Repository, 512);
        // What does not compress well, and more of it than will be left.
        await project.SqlAsync("CREATE TABLE noise AS SELECT string_agg(encode(sha512((i * 1000 + j)::text::bytea), 'base64'), '') AS x FROM generate_series(1, 400) i, generate_series(1, 800) j GROUP BY i; SELECT pg_switch_wal()");
        (await project.RunAsync("check")).ExitCode.ShouldBe(0);
        var taken = await BrokenAsync(project, () => disk.LeaveAsync(6));
        taken.ExitCode.ShouldBe(3, taken.ToString());
        taken.Errors.ShouldContain("LK5006");
        taken.Errors.ShouldContain("unable to write '" + project.Repository);
        taken.Errors.ShouldContain("give it room");
        await RestorableAsync(project);
        // Before another one begins there is no room for a segment, and nothing waits for what cannot come.
        await disk.LeaveAsync(1);
        var refused = await project.RunAsync("take");
        refused.ExitCode.ShouldBe(3, refused.ToString());
        refused.Errors.ShouldContain($"LK5006: {project.Repository} on this host is full");

        await disk.ResizeAsync(512);
        await NextAsync(project);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task a_repository_that_becomes_read_only_in_the_middle_ends_the_backup_and_the_one_before_can_be_restored()
    {
        await using var project = await StartAsync();
        await using var disk = await SmallDisk.UnderAsync(project.Repository, 256);
        var taken = await BrokenAsync(project, disk.LockAsync);
        taken.ExitCode.ShouldBe(3, taken.ToString());
        taken.Errors.ShouldContain("LK5006");
        taken.Errors.ShouldContain("Read-only file system");
        await RestorableAsync(project);
        await disk.UnlockAsync();
        await NextAsync(project);
    }

    [Fact]
    public async Task a_repository_that_may_not_be_written_refuses_the_backup_and_the_one_before_can_be_restored()
    {
        await using var project = await StartAsync();
        await ModeAsync(project, "u-w");
        var taken = await project.RunAsync("take");
        await RestorableAsync(project);
        await ModeAsync(project, "u+w");
        taken.ExitCode.ShouldBe(3, taken.ToString());
        taken.Errors.ShouldContain("LK5006");
        taken.Errors.ShouldContain("Permission denied");
        await NextAsync(project);
    }

    [Fact]
    public async Task a_repository_that_goes_away_in_the_middle_ends_the_backup_and_is_whole_when_it_is_back()
    {
        await using var project = await StartAsync();
        var away = project.Repository + ".away";
        var taken = await BrokenAsync(project, () =>
        {
            Directory.Move(project.Repository, away);
            return Task.CompletedTask;
        });
        taken.ExitCode.ShouldBe(3, taken.ToString());
        var list = await project.RunAsync("list");
        list.ExitCode.ShouldBe(1, list.ToString());
        list.Output.ShouldContain("cannot be used: ");
        var restore = await project.RunAsync("restore");
        restore.ExitCode.ShouldBe(3, restore.ToString());
        restore.Errors.ShouldContain("LK5006");
        Directory.Exists(project.Repository).ShouldBeFalse("nothing is written beside a disk that is not mounted");
        Directory.Move(away, project.Repository);
        await NextAsync(project);
    }

    private static async Task<BackupProject> StartAsync()
    {
        var project = await BackupProject.CreateAsync();
        await project.SqlAsync("CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 1000)");
        (await project.RunAsync("take", "--type", "full")).ExitCode.ShouldBe(0);
        return project;
    }

    /// <summary>A backup during which something is done to the repository.</summary>
    private static async Task<LkResult> BrokenAsync(BackupProject project, Func<Task> harm)
    {
        var config = Path.Combine(project.Folder, "pgbackrest.conf");
        await using var take = await project.Server.Project.StartAsync("backup", "take", "--type", "full");
        await ProcessesOf.WaitAsync("pgbackrest", config, " backup");
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(project.Folder, "lock", "main-backup.lock")), "the lock of the backup program");
        await ProcessesOf.SignalAsync("STOP", "pgbackrest", config, " backup");
        await harm();
        // runuser stops with the program that it has started, and continues it.
        await ProcessesOf.SignalAsync("CONT", "pgbackrest", config, " backup");
        await ProcessesOf.SignalAsync("CONT", "runuser", config, " backup");
        return await take.WaitAsync();
    }

    private static async Task ModeAsync(BackupProject project, string mode)
    {
        foreach (var folder in new[] { project.Repository }.Concat(Directory.GetDirectories(project.Repository, "*", SearchOption.AllDirectories)))
        {
            var now = File.GetUnixFileMode(folder);
            File.SetUnixFileMode(folder, mode == "u-w" ? now & ~UnixFileMode.UserWrite : now | UnixFileMode.UserWrite);
        }

        await Task.CompletedTask;
    }

    /// <summary>What was there before the fault can be restored while it lasts.</summary>
    private static async Task RestorableAsync(BackupProject project)
    {
        var restored = await project.JsonAsync("restore", "--target", "immediate");
        (await BackupProject.AskAsync(restored, "SELECT count(*) FROM orders")).ShouldBe("1000");
        await project.StopAsync(restored);
    }

    /// <summary>What was committed meanwhile is archived by itself, and a backup and a drill pass.</summary>
    private static async Task NextAsync(BackupProject project)
    {
        await project.SqlAsync("INSERT INTO orders VALUES (1001); SELECT pg_switch_wal()");
        var taken = await project.RunAsync("take", "--type", "full");
        taken.ExitCode.ShouldBe(0, taken.ToString());
        var verify = await project.RunAsync("verify");
        verify.ExitCode.ShouldBe(0, verify.ToString());
        var drill = await project.RunAsync("drill");
        drill.ExitCode.ShouldBe(0, drill.ToString());
    }
}

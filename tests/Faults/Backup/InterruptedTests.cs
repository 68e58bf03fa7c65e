using Lockkeeper.Tests.Faults.Migrate;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Backup;

/// <summary>pgBackRest, the server, a restored copy and lk itself are killed in the middle of a backup, a restore and a drill; other runs come in between.</summary>
public sealed class InterruptedTests(FaultyArchive archive) : IClassFixture<FaultyArchive>
{
    private BackupProject Project => archive.Project;

    private string Config => Path.Combine(Project.Folder, "pgbackrest.conf");

    [Fact]
    public async Task a_backup_program_that_is_killed_in_the_middle_is_said_and_the_next_backup_works()
    {
        await archive.TakeAsync();
        await using var take = await Project.Server.Project.StartAsync("backup", "take", "--type", "full");
        await BegunAsync(" backup");
        await ProcessesOf.SignalAsync("KILL", "pgbackrest", Config, " backup");
        var result = await take.WaitAsync();
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK5021");
        NoTrace(result);
        await archive.RequireAsync("take", "--type", "full");
        await archive.RequireAsync("verify");
    }

    [Fact]
    public async Task a_drill_whose_copy_or_backup_program_is_killed_says_nothing_against_the_backup()
    {
        await archive.TakeAsync();
        await archive.ArchiveAsync("after it");
        await using (var drill = await Project.Server.Project.StartAsync("backup", "drill"))
        {
            await BegunAsync(" restore");
            await ProcessesOf.SignalAsync("KILL", "pgbackrest", Config, " restore");
            await InterruptedAsync(drill);
        }

        await using (var drill = await Project.Server.Project.StartAsync("backup", "drill"))
        {
            var copy = await ProcessesOf.WaitAsync("/postgres", $"{Project.Folder}/drills/");
            // The nineteenth field of proc(5): what a drill runs lets others go first.
            (await File.ReadAllTextAsync($"/proc/{copy}/stat", TestContext.Current.CancellationToken)).Split(") ")[^1].Split(' ')[16].ShouldBe("10");
            await Signals.SendAsync("KILL", copy);
            await InterruptedAsync(drill);
        }

        (await Project.RunAsync("list")).Output.ShouldNotContain("broken:");
        Directory.GetDirectories(Path.Combine(Project.Folder, "drills")).ShouldBeEmpty("nothing is left of them");
        await archive.RequireAsync("drill");

        async Task InterruptedAsync(LkProcess drill)
        {
            var result = await drill.WaitAsync();
            result.ExitCode.ShouldBe(1, result.ToString());
            result.Output.ShouldContain("the drill failed: ");
            NoTrace(result);
        }
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task a_server_that_crashes_in_the_middle_of_a_backup_ends_it_and_the_next_one_works()
    {
        await archive.TakeAsync();
        await using var take = await Project.Server.Project.StartAsync("backup", "take", "--type", "full");
        await StoppedAsync(" backup");
        await Project.Server.Cluster.CrashAsync();
        await ContinueAsync(" backup");
        var result = await take.WaitAsync();
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK5008");
        NoTrace(result);
        await Project.Server.Cluster.ComeBackAsync();
        await archive.RequireAsync("take", "--type", "full");
        await archive.RequireAsync("verify");
        await archive.RequireAsync("drill");
    }

    [Fact]
    public async Task a_restore_in_place_that_is_killed_leaves_the_way_back_and_the_next_one_works()
    {
        await archive.TakeAsync();
        await archive.ArchiveAsync("in the archive");
        await using (var restore = await Project.Server.Project.StartAsync("backup", "restore", "--in-place", "--yes", "--confirm", "main"))
        {
            await StoppedAsync(" restore");
            restore.Kill();
            await restore.WaitAsync();
        }

        // The backup program outlives it, and would go on filling the folder.
        await ContinueAsync(" restore");
        Directory.GetDirectories(Path.GetDirectoryName(Project.Data)!, "data.before-*").Length.ShouldBe(1, "the files of before");
        var again = await Project.RunAsync("restore", "--in-place", "--yes", "--confirm", "main");
        again.ExitCode.ShouldBe(0, again.ToString());
        (await Project.Server.ScalarAsync("postgres", "SELECT count(*)::text FROM orders WHERE note = 'in the archive'")).ShouldBe("100");
        (await Project.Server.ScalarAsync("postgres", "SHOW archive_mode")).ShouldBe("on");
        await archive.TakeAsync();
        await archive.RequireAsync("drill");
    }

    [Fact]
    public async Task a_restore_beside_that_is_killed_is_not_taken_for_a_copy_and_the_next_one_clears_it_away()
    {
        await archive.TakeAsync();
        await archive.ArchiveAsync("beside");
        var folder = Path.Combine(Project.Folder, "restores", "mine");
        await using (var restore = await Project.Server.Project.StartAsync("backup", "restore", "--to", folder))
        {
            await StoppedAsync(" restore");
            var second = await Project.RunAsync("restore", "--to", folder);
            second.ExitCode.ShouldBe(3, second.ToString());
            second.Errors.ShouldContain($"LK5005: another restore is at work in {folder}");
            restore.Kill();
            await restore.WaitAsync();
        }

        // The backup program outlives it, and would go on filling the folder.
        await ContinueAsync(" restore");
        File.Exists(Path.Combine(folder, "unfinished")).ShouldBeTrue();
        var restored = await Project.JsonAsync("restore", "--to", folder);
        (await BackupProject.AskAsync(restored, "SELECT count(*) FROM orders WHERE note = 'beside'")).ShouldBe("100");
        File.Exists(Path.Combine(folder, "unfinished")).ShouldBeFalse();
        var third = await Project.RunAsync("restore", "--to", folder);
        third.Errors.ShouldContain("LK5011", Case.Sensitive, "a copy that is open is the user's");
        (await BackupProject.AskAsync(restored, "SELECT 1")).ShouldBe("1");
        await Project.StopAsync(restored);
    }

    [Fact]
    public async Task a_restore_goes_on_beside_a_backup_and_a_second_backup_does_not()
    {
        await archive.TakeAsync();
        await archive.ArchiveAsync("restored");
        await using var take = await Project.Server.Project.StartAsync("backup", "take", "--type", "full");
        await StoppedAsync(" backup");
        var restored = await Project.JsonAsync("restore");
        (await BackupProject.AskAsync(restored, "SELECT count(*) FROM orders WHERE note = 'restored'")).ShouldBe("100");
        await Project.StopAsync(restored);
        var second = await Project.RunAsync("take");
        second.ExitCode.ShouldBe(3, second.ToString());
        second.Errors.ShouldContain("LK5005");
        await ContinueAsync(" backup");
        var result = await take.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
    }

    [Fact]
    public async Task a_backup_is_not_removed_while_it_is_restored()
    {
        await archive.TakeAsync();
        var old = Labels()[^1];
        await archive.TakeAsync();
        await using var restore = await Project.Server.Project.StartAsync("backup", "restore", "--set", old, "--json");
        await StoppedAsync(" restore");
        var expire = await Project.RunAsync("expire", "--set", old, "--yes");
        expire.ExitCode.ShouldBe(3, expire.ToString());
        expire.Errors.ShouldContain($"LK5005: {old} is being restored");
        await ContinueAsync(" restore");
        var result = await restore.WaitAsync();
        result.ExitCode.ShouldBe(0, result.ToString());
        await Project.StopAsync(System.Text.Json.Nodes.JsonNode.Parse(result.Output)!["data"]!);
        await archive.RequireAsync("expire", "--set", old, "--yes");
        Labels().ShouldNotContain(old);
    }

    private IReadOnlyList<string> Labels() => [.. Directory.GetDirectories(Path.Combine(Project.Repository, "backup", "main"), "*F").Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    /// <summary>Waits until the backup program has begun; it has its lock then.</summary>
    private async Task BegunAsync(string command)
    {
        await ProcessesOf.WaitAsync("pgbackrest", Config, command);
        // A restore takes none.
        if (command == " backup")
            await Eventually.TrueAsync(() => File.Exists(Path.Combine(Project.Folder, "lock", "main-backup.lock")), "the lock of the backup program");
    }

    /// <summary>Stops it there, until it is continued.</summary>
    private async Task StoppedAsync(string command)
    {
        await BegunAsync(command);
        await ProcessesOf.SignalAsync("STOP", "pgbackrest", Config, command);
    }

    private async Task ContinueAsync(string command)
    {
        // runuser stops with the program that it has started, and continues it.
        await ProcessesOf.SignalAsync("CONT", "pgbackrest", Config, command);
        await ProcessesOf.SignalAsync("CONT", "runuser", Config, command);
    }

    private static void NoTrace(LkResult result) => result.ToString().ShouldNotContain("   at Lockkeeper.");
}

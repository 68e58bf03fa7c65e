using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>A repository of pgBackRest that is gone, has a hole, is too full or gets nothing any more.</summary>
public sealed class AlertFaultTestsOfRepositories
{
    [Fact, AlertFault("BackupRepositoryUnreadable", "BackupWalHole", "BackupBeyondRetention", "BackupWouldLoseTooMuch", "BackupTooOld")]
    public async Task the_repository_is_gone_has_a_hole_holds_too_much_and_gets_nothing_any_more()
    {
        await using var project = await BackupProject.CreateAsync(", rpo: 30d", ", retention: { full: 5 }");
        await using var harness = new AlertHarness().WatchBackups(project);
        await LkAsync(project, "take", "--no-manifest");
        await harness.QuietAsync("BackupRepositoryUnreadable", "BackupWalHole", "BackupBeyondRetention", "BackupWouldLoseTooMuch", "BackupTooOld", "BackupUnwatched");

        Directory.Move(project.Repository, project.Repository + ".gone");
        await harness.FiresAsync("BackupRepositoryUnreadable");
        // What the server wanted to archive meanwhile may have made the folder anew.
        if (Directory.Exists(project.Repository))
            Directory.Delete(project.Repository, recursive: true);
        Directory.Move(project.Repository + ".gone", project.Repository);
        await harness.ResolvesAsync("BackupRepositoryUnreadable");

        for (var i = 0; i < 2; i++)
        {
            await project.SqlAsync("SELECT pg_logical_emit_message(false, 'test', 'a word'); SELECT pg_switch_wal()");
            await LkAsync(project, "check");
        }

        File.Delete(project.Segments()[^3]);
        await harness.FiresAsync("BackupWalHole");
        await LkAsync(project, "take", "--type", "full", "--no-manifest");
        await harness.ResolvesAsync("BackupWalHole");

        await LkAsync(project, "take", "--type", "full", "--no-manifest");
        Declare(project, "full: 5", "full: 1");
        (await harness.FiresAsync("BackupBeyondRetention")).Labels["repository"].ShouldBe("1");
        Declare(project, "full: 1", "full: 5");
        await harness.ResolvesAsync("BackupBeyondRetention");

        // Hours and days in which nothing gets there any more.
        Declare(project, "rpo: 30d", "rpo: 1h");
        harness.Pass(TimeSpan.FromHours(2));
        await harness.FiresAsync("BackupWouldLoseTooMuch");
        Declare(project, "rpo: 1h", "rpo: 30d");
        await harness.ResolvesAsync("BackupWouldLoseTooMuch");
        harness.Pass(TimeSpan.FromDays(9));
        (await harness.FiresAsync("BackupTooOld")).Value.ShouldBeGreaterThan(TimeSpan.FromDays(9).TotalSeconds);
    }

    private static async Task LkAsync(BackupProject project, params string[] arguments)
    {
        var result = await project.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.ToString());
    }

    private static void Declare(BackupProject project, string old, string changed)
    {
        var file = Path.Combine(project.Server.Project.Folder, "clusters/main.yaml");
        var text = File.ReadAllText(file);
        text.ShouldContain(old);
        File.WriteAllText(file, text.Replace(old, changed, StringComparison.Ordinal));
    }
}

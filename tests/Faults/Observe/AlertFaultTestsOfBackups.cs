using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>Real backups by pgBackRest that are missing, damaged or untried.</summary>
public sealed class AlertFaultTestsOfBackups
{
    [Fact, AlertFault("BackupMissing", "BackupDrillOverdue", "BackupDrillFailed", "BackupUnwatched")]
    public async Task nothing_is_backed_up_and_then_nobody_tries_a_restore_and_then_it_fails()
    {
        await using var project = await BackupProject.CreateAsync();
        await using var harness = new AlertHarness().WatchBackups(project);
        var missing = await harness.FiresAsync("BackupMissing");
        missing.Summary.ShouldBe("backup://main has no backup in repository 1");
        await LkAsync(project, "take", "--no-manifest");
        await harness.ResolvesAsync("BackupMissing");
        await harness.FiresAsync("BackupDrillOverdue");
        await LkAsync(project, "drill");
        await harness.ResolvesAsync("BackupDrillOverdue");
        await harness.RoundAsync();
        (await project.Server.Project.RunAsync("observe", "metrics", "backup://main")).Output.ShouldContain("pgbackrest_backup_last_error_status{target=\"backup://main\",backup_type=\"full\",block_incr=\"n\",stanza=\"main\"} 0\n");
        harness.Alerts.ShouldBeEmpty("a backup that was restored: as the policy wants it");

        // The largest file of the set is gone.
        File.Delete(Directory.GetFiles(Path.Combine(project.Repository, "backup"), "*", SearchOption.AllDirectories).Where(file => file.Contains("pg_data", StringComparison.Ordinal)).MaxBy(file => new FileInfo(file).Length)!);
        (await project.RunAsync("drill")).ExitCode.ShouldNotBe(0);
        await harness.FiresAsync("BackupDrillFailed");

        var url = project.Server.Project.Variables["ADMIN_URL"];
        project.Server.Project.Variables["ADMIN_URL"] = null;
        (await harness.FiresAsync("BackupUnwatched")).Summary.ShouldBe("the backups of backup://main cannot be looked at");
        project.Server.Project.Variables["ADMIN_URL"] = url;
        await harness.ResolvesAsync("BackupUnwatched");
    }

    private static async Task LkAsync(BackupProject project, params string[] arguments)
    {
        var result = await project.RunAsync(arguments);
        result.ExitCode.ShouldBe(0, result.ToString());
    }
}

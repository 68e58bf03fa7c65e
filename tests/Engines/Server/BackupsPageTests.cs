using System.Net;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>The page of backups over a real repository.</summary>
public sealed class BackupsPageTests
{
    [Fact]
    public async Task what_drills_have_measured_is_a_chart_against_the_policy_and_a_backup_is_started_from_the_page()
    {
        await using var project = await BackupProject.CreateAsync(", rpo: 1h, rto: 10m");
        (await project.RunAsync("take", "--type", "full")).ExitCode.ShouldBe(0);
        (await project.RunAsync("drill")).ExitCode.ShouldBe(0);
        var label = (string)(await project.JsonAsync("list"))["repositories"]![0]!["sets"]![0]!["label"]!;
        await using var portal = await Portal.StartAsync(project.Server.Project);

        var page = await portal.Admin.PageAsync("/backups");
        page.ShouldContain("RPO 60 min, RTO 10 min");
        page.ShouldContain("<svg");
        page.ShouldContain(label);
        page.ShouldContain("proven");
        var recovery = await portal.Admin.PageAsync("/backups/main/recovery");
        recovery.ShouldContain(label);
        recovery.ShouldContain("lk backup restore main");

        var viewer = await portal.PersonAsync("vera", "viewer");
        (await viewer.PageAsync("/backups")).ShouldNotContain("Take a backup");
        (await viewer.SendFormAsync("/backups", "/run/backup/take", ("cluster", "main"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var started = await portal.Admin.SendFormAsync("/backups", "/run/backup/take", ("cluster", "main"), ("type", "incremental"));
        started.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        await Eventually.TrueAsync(async () => (await portal.Admin.PageAsync(started.Headers.Location!.ToString())).Contains("pill good", StringComparison.Ordinal), "the backup");
        (await project.JsonAsync("list"))["repositories"]![0]!["sets"]!.AsArray().Count.ShouldBe(2);
    }
}

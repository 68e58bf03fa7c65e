using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>What servers do at times: once, whoever of them does it, and whatever becomes of that one.</summary>
public sealed class SchedulesTests
{
    [Fact]
    public async Task a_time_is_taken_by_one_of_two_servers_and_what_cannot_run_is_said()
    {
        await using var state = await TestDatabase.CreateAsync();
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);");
        await using var nodes = await Nodes.StartAsync(project, state.Url,
            """
            server:
              schedules:
                - { name: apply-dev, verb: migrate apply, with: { env: dev, yes: true }, cron: "* * * * *", zone: Europe/Berlin }
                - { name: far, verb: migrate status, cron: "0 0 29 2 *" }
                - { name: yes-man, verb: approve, with: { run: x }, cron: "* * * * *" }
                - { name: wrong, verb: migrate status, with: { config: /etc/passwd }, cron: "* * * * *" }
            """);
        const string actor = "schedule apply-dev";
        await Nodes.UntilAsync(async () => (await Nodes.JobsAsync(nodes.Two, actor)).Count > 0, "the first run");
        nodes.Configure("");
        var job = await Nodes.EndAsync(nodes.One, (string)(await Nodes.JobsAsync(nodes.One, actor))[^1]["id"]!);
        ((int)job["exit"]!).ShouldBe(0, job.ToJsonString());
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM a")).ShouldBe("0");

        var fired = await nodes.LedgerAsync("server.scheduled");
        fired.Select(entry => (string)entry["body"]!["due"]!).ShouldBeUnique();
        fired.Select(entry => (string)entry["actor"]!).Distinct().ShouldBe([actor]);
        (await Nodes.JobsAsync(nodes.Two, actor)).Select(one => (string)one["id"]!).Order().ShouldBe(fired.Select(entry => (string)entry["body"]!["job"]!).Order(), "one job a time");
        foreach (var wrong in new[] { "yes-man", "wrong" })
            (nodes.First.Process.Errors + nodes.First.Process.Output).ShouldContain($"LK7016: the schedule {wrong}");
        (await Nodes.JobsAsync(nodes.One, "schedule wrong")).ShouldBeEmpty();
    }

    [Fact]
    public async Task schedules_are_listed_with_what_was_and_what_comes()
    {
        await using var project = await LkProject.CreateAsync("dev");
        project.TopSettings = "server: { schedules: [ { name: far, verb: migrate status, cron: \"0 5 29 2 *\", zone: Europe/Berlin }, { name: wrong, verb: sandbox up, cron: \"* * * * *\" } ] }";
        project.Variables["ADMIN_URL"] = project["dev"].Url;
        project.File("clusters/main.yaml", "admin: \"${env:ADMIN_URL}\"\nbackup: { repositories: [ { path: /srv/none } ], schedule: { full: \"0 3 * * sun\", by: server }, drill: { cron: \"0 5 * * sat\" } }");
        await using var portal = await Portal.StartAsync(project);
        using var client = await portal.TokenAsync(portal.Admin, "viewer");
        var all = (await Portal.JsonAsync(await client.GetAsync("/api/v1/schedules", TestContext.Current.CancellationToken)))["schedules"]!.AsArray();
        all.Select(one => $"{one!["name"]}: {one["verb"]}").ShouldBe(["far: migrate status", "wrong: sandbox up", "backup-main-full: backup take", "drill-main: backup drill"]);
        var far = (DateTimeOffset)all[0]!["next"]!;
        (far.Month, far.Day, far.Hour).ShouldBe((2, 29, 4), "five o'clock in Berlin in winter");
        ((string)all[1]!["problem"]!).ShouldContain("the server does not call 'sandbox up' at times");
        var page = await portal.Admin.PageAsync("/schedules");
        page.ShouldContain("backup-main-full");
        page.ShouldContain("does not run");
    }

    [Fact]
    public async Task a_scheduled_backup_whose_server_is_killed_becomes_one_set()
    {
        await using var state = await TestDatabase.CreateAsync();
        await using var backups = await BackupProject.CreateAsync();
        var project = backups.Server.Project;
        await using var nodes = await Nodes.StartAsync(project, state.Url, "server: { schedules: [ { name: nightly, verb: backup take, with: { cluster: main, type: full }, cron: \"* * * * *\" } ] }");
        var file = Path.Combine(backups.Folder, "pgbackrest.conf");
        await Nodes.UntilAsync(() => Task.FromResult(ProcessesOf.Find("pgbackrest", file, " backup").Count > 0), "the scheduled backup");
        await ProcessesOf.SignalAsync("STOP", "pgbackrest", file, " backup");
        nodes.Configure("");
        var job = (await Nodes.JobsAsync(nodes.One, "schedule nightly")).Single();
        var isFirst = ((string)job["node"]!).Contains($"-{nodes.First.Process.Id}-", StringComparison.Ordinal);
        var (dead, alive) = isFirst ? (nodes.First, nodes.Two) : (nodes.Second, nodes.One);
        dead.Process.Kill();
        await dead.Process.WaitAsync();
        await ProcessesOf.SignalAsync("CONT", "pgbackrest", file, " backup");

        JsonNode ended = await Nodes.EndAsync(alive, (string)job["id"]!);
        ((int)ended["exit"]!).ShouldBe(0, ended.ToJsonString());
        ((int)ended["attempt"]!).ShouldBe(2);
        (await backups.JsonAsync("list"))["repositories"]![0]!["sets"]!.AsArray().Count.ShouldBe(1, "exactly one set");
        (await backups.RunAsync("verify")).ExitCode.ShouldBe(0);
        (await nodes.LedgerAsync("server.scheduled")).Count.ShouldBe(1);
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Server;

/// <summary>What servers do at times: once, whoever of them does it, and whatever becomes of that one.</summary>
public sealed class SchedulesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // The only one that waits for a real minute: both servers wake at the same moment.
    [Fact]
    [Trait("Category", "Long")]
    public async Task a_time_is_taken_by_one_of_two_servers()
    {
        await using var state = await TestDatabase.CreateAsync();
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);");
        await using var nodes = await Nodes.StartAsync(project, state.Url,
            """
            server:
              schedules:
                - { name: apply-dev, verb: migrate apply, with: { env: dev, yes: true }, cron: "* * * * *", zone: Europe/Berlin }
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
    }

    [Fact]
    public async Task a_time_that_passed_while_no_server_ran_is_made_up_for_once_or_left_out_and_what_cannot_run_is_said()
    {
        await using var state = await TestDatabase.CreateAsync();
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);");
        project.TopSettings = "state: \"${env:STATE_URL}\"";
        project.Variables["STATE_URL"] = state.Url;
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        project.Migration("0002_b", "CREATE TABLE b (id int);");
        var passed = DateTimeOffset.UtcNow.AddMinutes(-30);
        foreach (var name in new[] { "nightly", "left-out" })
            await SeenAsync(state, name, DateTimeOffset.UtcNow.AddHours(-2));
        await using var nodes = await Nodes.StartAsync(project, state.Url,
            $$"""
            server:
              schedules:
                - { name: nightly, verb: migrate apply, with: { env: dev, yes: true }, cron: "{{Cron(passed)}}" }
                - { name: left-out, verb: migrate apply, with: { env: dev, yes: true }, cron: "{{Cron(passed)}}", missed: skip }
                - { name: fresh, verb: migrate apply, with: { env: dev, yes: true }, cron: "{{Cron(passed)}}" }
                - { name: yes-man, verb: approve, with: { run: x }, cron: "{{Cron(passed)}}" }
                - { name: wrong, verb: migrate status, with: { config: /etc/passwd }, cron: "{{Cron(passed)}}" }
            """);
        await Nodes.UntilAsync(async () => (await Nodes.JobsAsync(nodes.Two, "schedule nightly")).Count > 0, "the run that is made up for");
        var job = await Nodes.EndAsync(nodes.Two, (string)(await Nodes.JobsAsync(nodes.Two, "schedule nightly")).Single()["id"]!);
        ((int)job["exit"]!).ShouldBe(0, job.ToJsonString());
        (await project["dev"].ScalarAsync("SELECT count(*)::text FROM b")).ShouldBe("0");

        var fired = (await nodes.LedgerAsync("server.scheduled")).Single()["body"]!;
        ((string)fired["schedule"]!, (string)fired["due"]!).ShouldBe(("nightly", passed.ToString("yyyy-MM-dd'T'HH:mm:'00Z'", CultureInfo.InvariantCulture)));
        ((string)fired["note"]!).ShouldMatch("^late by 3\\d min");
        var skipped = (await nodes.LedgerAsync("server.schedule_left_out")).Single()["body"]!;
        ((string)skipped["schedule"]!).ShouldBe("left-out");
        ((string)skipped["note"]!).ShouldMatch("^left out: late by 3\\d min");
        var all = (await Portal.JsonAsync(await nodes.Two.GetAsync("/api/v1/schedules", Cancel)))["schedules"]!.AsArray().ToDictionary(one => (string)one!["name"]!);
        ((string?)all["nightly"]!["note"], (string?)all["nightly"]!["job_state"], (string?)all["left-out"]!["job"]).ShouldBe(((string)fired["note"]!, "ended", null));
        ((string?)all["fresh"]!["last"]).ShouldBeNull("a schedule that is new has missed nothing");
        (await nodes.First.Admin.PageAsync("/schedules")).ShouldContain("left out: late by");
        foreach (var wrong in new[] { "yes-man", "wrong" })
            (nodes.First.Process.Errors + nodes.First.Process.Output).ShouldContain($"LK7016: the schedule {wrong}");
        foreach (var none in new[] { "left-out", "fresh", "wrong" })
            (await Nodes.JobsAsync(nodes.One, $"schedule {none}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_time_that_comes_while_the_run_before_goes_on_is_left_out_and_the_next_one_is_not()
    {
        await using var state = await TestDatabase.CreateAsync();
        await using var project = (await LkProject.CreateAsync("dev")).Migration("0001_a", "CREATE TABLE a (id int);");
        project.DatabaseSettings = "lock_retries: 100";
        project.Variables["STATE_URL"] = state.Url;
        project.TopSettings = "state: \"${env:STATE_URL}\"\nserver: { schedules: [ { name: often, verb: migrate apply, with: { env: dev, yes: true }, cron: \"* * * * *\" } ] }";
        (await project.RunAsync("migrate", "apply", "--env", "dev", "--yes")).ExitCode.ShouldBe(0);
        project.Migration("0002_b", "SELECT pg_advisory_xact_lock(42);\nCREATE TABLE b (id int);");
        await SeenAsync(state, "often", DateTimeOffset.UtcNow.AddMinutes(-2));
        await using var holder = await project["dev"].OpenAsync();
        await using (var hold = new NpgsqlCommand("SELECT pg_advisory_lock(42)", holder))
            await hold.ExecuteNonQueryAsync(Cancel);
        await using var portal = await Portal.StartAsync(project);
        using var admin = await portal.TokenAsync(portal.Admin, "admin");
        await Nodes.UntilAsync(async () => (await Nodes.JobsAsync(admin, "schedule often")).Any(job => (string)job["state"]! == "running"), "the first run");
        var first = (string)(await Nodes.JobsAsync(admin, "schedule often")).Single()["id"]!;

        await TimePassesAsync();
        await Nodes.UntilAsync(async () => (string?)(await ScheduleAsync())["note"] == "left out: the run before had not ended", "the time that is left out");
        (await Nodes.JobsAsync(admin, "schedule often")).Count.ShouldBe(1);
        (await portal.Admin.PageAsync("/ledger?actor=schedule%20often")).ShouldContain("server.schedule_left_out");

        await holder.DisposeAsync();
        ((int)(await Nodes.EndAsync(admin, first))["exit"]!).ShouldBe(0);
        await TimePassesAsync();
        await Nodes.UntilAsync(async () => (await Nodes.JobsAsync(admin, "schedule often")).Count > 1, "the next run");

        // What was taken last lies two minutes back, as if they had passed since: the server's next look finds a time that has come.
        Task TimePassesAsync() => state.ExecuteAsync(
            "UPDATE lockkeeper_state.document SET content = (content::jsonb || jsonb_build_object('due', now() - interval '2 min'))::text WHERE kind = 'schedule' AND key = 'often'");

        async Task<JsonNode> ScheduleAsync() => (await Portal.JsonAsync(await admin.GetAsync("/api/v1/schedules", Cancel)))["schedules"]![0]!;
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
        await using var nodes = await Nodes.StartAsync(project, state.Url, "");
        await SeenAsync(state, "nightly", DateTimeOffset.UtcNow.AddHours(-2));
        nodes.Configure($"server: {{ schedules: [ {{ name: nightly, verb: backup take, with: {{ cluster: main, type: full }}, cron: \"{Cron(DateTimeOffset.UtcNow.AddMinutes(-30))}\" }} ] }}");
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

    /// <summary>Leaves what a server leaves that has seen a schedule then, and has not run since: a time that came after is due at once, and nobody waits for a minute.</summary>
    private static Task SeenAsync(TestDatabase state, string schedule, DateTimeOffset then) =>
        state.ExecuteAsync($$"""INSERT INTO lockkeeper_state.document (kind, key, content) VALUES ('schedule', '{{schedule}}', '{"since":"{{then:O}}","is_made":false}')""");

    /// <summary>Each day at this minute.</summary>
    private static string Cron(DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"{time.Minute} {time.Hour} * * *");
}

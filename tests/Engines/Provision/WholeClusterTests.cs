using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.Hosts;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Provision;

/// <summary>One file gives a server with its pooler, its backups and its exporter.</summary>
public sealed class WholeClusterTests
{
    [Fact]
    public async Task one_file_gives_a_server_with_pooler_backups_and_exporter_and_destroy_ends_all_of_it()
    {
        await using var place = new PoolerPlace();
        await using var project = new InstanceProject();
        var (pooler, exporter, root) = (PoolerPlace.FreePort(), PoolerPlace.FreePort(), Path.GetDirectoryName(place.Folder)!);
        project.Variables["MONITOR_PASSWORD"] = "monitor$password%1";
        project.Declare(project.Standard + $$"""
            protect: false
            roles: { app: { login: true, password: "${env:APP_PASSWORD}" }, monitor: { login: true, password: "${env:MONITOR_PASSWORD}", member_of: pg_monitor } }
            databases: { shop: }
            access:
              - { type: host, databases: shop, users: app, address: 10.0.0.0/8 }
              - { type: host, users: monitor, address: samehost }
            pooler: { port: {{pooler}}, folder: {{place.Folder}}, user: {{PoolerPlace.User}}, service: none }
            backup: { folder: {{root}}/backup, repositories: [ { path: {{root}}/repository } ] }
            monitoring:
              exporter: { role: monitor, port: {{exporter}}, folder: {{root}}/exporter, user: {{PoolerPlace.User}}, service: none }
              labels: { team: shop }
              targets_file: {{project.Folder}}/targets/main.json

            """);
        var made = await project.RunAsync("apply");
        made.ExitCode.ShouldBe(0, made.ToString());
        made.ToString().ShouldNotContain("monitor$password");
        (await project.RunAsync("plan")).Output.ShouldContain("It is as declared.");
        using var http = new HttpClient();
        (await http.GetStringAsync($"http://127.0.0.1:{exporter}/metrics", TestContext.Current.CancellationToken)).ShouldContain("\npg_up 1\n");
        File.ReadAllText(project["targets/main.json"]).ShouldContain("\"team\": \"shop\"");
        File.GetUnixFileMode($"{root}/exporter/exporter.env").ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode($"{root}/backup/pgpass").ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var taken = await project.LkAsync("backup", "take", project.Name);
        taken.ExitCode.ShouldBe(0, taken.ToString());
        await File.AppendAllTextAsync($"{root}/backup/pgbackrest.conf", "archive-push-queue-max=1GB\n", TestContext.Current.CancellationToken);
        await File.AppendAllTextAsync($"{root}/exporter/exporter.env", "# mine\n", TestContext.Current.CancellationToken);
        var edited = (await project.RunAsync("drift")).Output;
        edited.ShouldContain($"backup: configuration {root}/backup/pgbackrest.conf as declared again");
        edited.ShouldContain("exporter: its variables, with a password");
        (await project.RunAsync("apply")).ExitCode.ShouldBe(0);
        (await project.RunAsync("plan")).Output.ShouldContain("It is as declared.");

        var gone = await project.RunAsync("destroy", project.Name, "--name", project.Name, "--yes", "--no-last-backup");
        gone.ExitCode.ShouldBe(0, gone.ToString());
        Directory.Exists($"{root}/exporter").ShouldBeFalse();
        File.Exists(project["targets/main.json"]).ShouldBeFalse();
        await Should.ThrowAsync<HttpRequestException>(() => http.GetStringAsync($"http://127.0.0.1:{exporter}/metrics", TestContext.Current.CancellationToken));
        Directory.Exists($"{root}/repository/backup").ShouldBeTrue("backups outlive what they are of");
    }
}

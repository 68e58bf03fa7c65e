using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary><c>lk observe serve</c> as a process of its own, over a server of its own: alerts of other tests must not be heard here.</summary>
public sealed class ServeTests(ServeTests.Server fixture) : IClassFixture<ServeTests.Server>
{
    /// <summary>An alert that a test makes and ends: there is a table of this name.</summary>
    private const string Rule = "own_alerts: [ { name: TableThere, expr: \"pg_stat_user_tables_n_live_tup{relname='alarm'} >= 0\", severity: critical, summary: \"{relname} is there in {datname}\" } ]";

    private static readonly HttpClient http = new() { Timeout = TimeSpan.FromMinutes(1) };

    [Fact]
    public async Task it_answers_what_prometheus_asks_and_ends_in_order()
    {
        await using var project = await ProjectAsync("");
        await using var serve = await ServingAsync(project);
        var all = await http.GetAsync(new Uri(serve.Address + "/metrics"));
        all.StatusCode.ShouldBe(HttpStatusCode.OK);
        all.Content.Headers.ContentType!.ToString().ShouldStartWith("text/plain");
        var text = await all.Content.ReadAsStringAsync();
        text.ShouldContain("pg_up{target=\"dev/shop\",environment=\"dev\"} 1\n");
        text.ShouldContain("lockkeeper_watch_rounds_total");
        (await Promtool.CheckMetricsAsync(text)).Where(line => line.StartsWith("lockkeeper_watch", StringComparison.Ordinal)).ShouldBeEmpty();
        using var request = new HttpRequestMessage(HttpMethod.Get, serve.Address + "/probe?target=dev/shop");
        request.Headers.TryAddWithoutValidation("Accept", "application/openmetrics-text; version=1.0.0");
        var one = await http.SendAsync(request);
        one.Content.Headers.ContentType!.ToString().ShouldStartWith("application/openmetrics-text");
        (await one.Content.ReadAsStringAsync()).ShouldEndWith("# EOF\n");
        (await http.GetStringAsync(new Uri(serve.Address + "/healthz"))).ShouldBe("ok\n");

        var unknown = await http.GetAsync(new Uri(serve.Address + "/probe?target=dev/shp"));
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await unknown.Content.ReadAsStringAsync()).ShouldContain("Did you mean 'dev/shop'?");
        (await http.GetAsync(new Uri(serve.Address + "/probe"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.GetAsync(new Uri(serve.Address + "/nothing"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.PostAsync(new Uri(serve.Address + "/metrics"), new StringContent("x"))).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);

        serve.Process.Terminate();
        (await serve.Process.WaitAsync()).ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("127.0.0.1")]
    [InlineData("192.0.2.1:9187")]
    public async Task an_address_that_is_none_of_this_machine_is_refused(string address)
    {
        await using var project = await ProjectAsync("");
        var result = await project.RunAsync("observe", "serve", "--listen", address);
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK1601");
        result.Errors.ShouldContain(address);
    }

    [Fact]
    public async Task a_port_that_is_in_use_is_refused()
    {
        await using var project = await ProjectAsync("");
        await using var taken = new HttpReceiver();
        var result = await project.RunAsync("observe", "serve", "--listen", $"127.0.0.1:{taken.Port}");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK1601");
    }

    [Fact]
    public async Task an_alert_and_its_end_reach_every_kind_of_receiver_and_no_secret_leaks()
    {
        await using var web = new HttpReceiver();
        await using var mail = new MailReceiver();
        await using var project = await ProjectAsync(
            $"""
            receivers:
              - name: hook
                webhook: "http://127.0.0.1:{web.Port}/{"${env:HOOK_TOKEN}"}"
              - name: chat
                slack: "http://127.0.0.1:{web.Port}/slack/{"${env:HOOK_TOKEN}"}"
              - name: post
                mail:
                  server: 127.0.0.1
                  port: {mail.Port}
                  tls: false
                  from: lk@example.org
                  to: [dba@example.org, boss@example.org]
              - name: page
                command: cat >>paged.json; echo >>paged.json
            """);
        project.Variables["HOOK_TOKEN"] = "hush-hush-4711";
        await using var serve = await ServingAsync(project);
        await project["dev"].ExecuteAsync("CREATE TABLE alarm (id int)");
        await HeardAsync(() => web.Messages.Count >= 2 && mail.Messages.Count >= 1 && Paged(project).Count >= 1);
        await project["dev"].ExecuteAsync("DROP TABLE alarm");
        await HeardAsync(() => web.Messages.Count >= 4 && mail.Messages.Count >= 2 && Paged(project).Count >= 2);

        var hook = web.Messages.Where(message => message.StartsWith("/hush", StringComparison.Ordinal)).ToList();
        hook[0].ShouldContain("\"status\":\"firing\"");
        hook[0].ShouldContain($"alarm is there in {project["dev"].Name}");
        hook[^1].ShouldContain("\"status\":\"resolved\"");
        hook.Count.ShouldBe(2);
        var chat = web.Messages.Where(message => message.StartsWith("/slack", StringComparison.Ordinal)).ToList();
        chat[0].ShouldContain("CRITICAL: TableThere on dev/shop");
        chat[^1].ShouldContain("resolved: TableThere on dev/shop");
        mail.Messages[0].ShouldContain("RCPT TO:<boss@example.org>");
        mail.Messages[0].ShouldContain("Subject: CRITICAL: TableThere on dev/shop");
        mail.Messages[0].ShouldContain("Auto-Submitted: auto-generated");
        mail.Messages[1].ShouldContain("Subject: resolved: TableThere on dev/shop");
        Paged(project)[0].ShouldContain("\"alertname\":\"TableThere\"");

        await serve.StopAsync();
        foreach (var file in Directory.EnumerateFiles(project.Folder, "*", SearchOption.AllDirectories))
            Encoding.UTF8.GetString(await File.ReadAllBytesAsync(file)).ShouldNotContain("hush-hush-4711", customMessage: file);
        (serve.Process.Output + serve.Process.Errors).ShouldNotContain("hush-hush-4711");
        (serve.Process.Output + serve.Process.Errors).ShouldNotContain(fixture.Cluster.Password);
    }

    [Fact]
    public async Task a_receiver_that_is_down_is_tried_again_and_its_secret_is_not_said()
    {
        var port = HttpReceiver.FreePort();
        await using var project = await ProjectAsync(Hook(port));
        project.Variables["HOOK_TOKEN"] = "hush-hush-4711";
        await using var serve = await ServingAsync(project);
        await project["dev"].ExecuteAsync("CREATE TABLE alarm (id int)");
        await serve.Process.WaitForTextAsync("LK6103");
        await using var late = new HttpReceiver(port);
        await HeardAsync(() => late.Messages.Count == 1);
        late.Messages[0].ShouldContain("\"status\":\"firing\"");
        (await serve.MetricAsync("lockkeeper_watch_messages_total{receiver=\"hook\",outcome=\"failed\"}")).ShouldBeGreaterThan(0);
        (serve.Process.Output + serve.Process.Errors).ShouldNotContain("hush-hush-4711");
    }

    [Fact]
    public async Task after_a_kill_it_goes_on_where_it_was_and_tells_nobody_twice()
    {
        await using var web = new HttpReceiver();
        await using var project = await ProjectAsync(Hook(web.Port));
        project.Variables["HOOK_TOKEN"] = "t";
        string since;
        await using (var serve = await ServingAsync(project))
        {
            await project["dev"].ExecuteAsync("CREATE TABLE alarm (id int)");
            await HeardAsync(() => web.Messages.Count == 1);
            await serve.RoundsAsync(2);
            since = await SinceAsync(project);
            serve.Process.Kill();
            await ProcessState.GoneAsync(serve.Process.Id);
        }

        await using (var again = await ServingAsync(project))
        {
            await again.RoundsAsync(3);
            (await SinceAsync(project)).ShouldBe(since);
            web.Messages.Count.ShouldBe(1);
            again.Process.Kill();
            await ProcessState.GoneAsync(again.Process.Id);
        }

        // It ends while nobody watches.
        await project["dev"].ExecuteAsync("DROP TABLE alarm");
        await using var last = await ServingAsync(project);
        await HeardAsync(() => web.Messages.Count == 2);
        web.Messages[1].ShouldContain("\"status\":\"resolved\"");
        (await project.RunAsync("observe", "alerts", "list")).Output.ShouldContain("no alert fires");
    }

    [Fact]
    public async Task a_history_that_cannot_be_written_is_said_once_and_stops_nothing_else()
    {
        await using var web = new HttpReceiver();
        await using var project = await ProjectAsync(Hook(web.Port));
        project.Variables["HOOK_TOKEN"] = "t";
        await using var serve = await ServingAsync(project);
        await serve.RoundsAsync(1);
        await DamageAsync(project, "ALTER TABLE block RENAME TO gone");
        await serve.Process.WaitForTextAsync("LK6102");
        await project["dev"].ExecuteAsync("CREATE TABLE alarm (id int)");
        await HeardAsync(() => web.Messages.Count == 1);
        await serve.RoundsAsync(await serve.RoundsAsync(0) + 2);
        (await serve.MetricAsync("lockkeeper_watch_not_written_total{what=\"history\"}")).ShouldBeGreaterThan(1);
        Regex.Count(serve.Process.Output + serve.Process.Errors, "LK6102").ShouldBe(1);
        await DamageAsync(project, "ALTER TABLE gone RENAME TO block");
        await serve.Process.WaitForTextAsync("the history can be written again");
    }

    [Theory]
    [InlineData("a file of somebody else")]
    [InlineData(null)]
    public async Task it_starts_when_its_file_cannot_be_used_and_takes_a_new_one_when_that_is_gone(string? content)
    {
        await using var web = new HttpReceiver();
        await using var project = await ProjectAsync(Hook(web.Port));
        project.Variables["HOOK_TOKEN"] = "t";
        var path = Path.Combine(project.Folder, ".lockkeeper/state.observe.db");
        Directory.CreateDirectory(content is null ? path : Path.GetDirectoryName(path)!);
        if (content is not null)
            await File.WriteAllTextAsync(path, content);
        await using var serve = await ServingAsync(project);
        await serve.Process.WaitForTextAsync("LK6102");
        await project["dev"].ExecuteAsync("CREATE TABLE alarm (id int)");
        await HeardAsync(() => web.Messages.Count == 1);
        (await serve.MetricAsync("lockkeeper_watch_writable{what=\"history\"}")).ShouldBe(0);
        if (content is null)
            Directory.Delete(path);
        else
            (await File.ReadAllTextAsync(path)).ShouldBe(content, "it may be somebody's");
        File.Delete(path);
        await serve.Process.WaitForTextAsync("the history can be written again");
        await serve.RoundsAsync(await serve.RoundsAsync(0) + 2);
        (await serve.MetricAsync("lockkeeper_watch_writable{what=\"history\"}")).ShouldBe(1);
        // Told before the file could be used: not told again now.
        web.Messages.Count.ShouldBe(1);
        (await project.RunAsync("observe", "alerts", "list")).Output.ShouldContain("TableThere");
    }

    [Fact]
    public async Task a_disk_that_is_full_stops_the_history_only()
    {
        await using var web = new HttpReceiver();
        await using var project = await ProjectAsync(Hook(web.Port));
        project.Variables["HOOK_TOKEN"] = "t";
        var process = await project.StartOnFullDiskAsync(2048, "observe", "serve", "--listen", "127.0.0.1:0");
        await using var serve = await ServingAsync(process);
        await serve.Process.WaitForTextAsync("LK6102");
        await project["dev"].ExecuteAsync("CREATE TABLE alarm (id int)");
        await HeardAsync(() => web.Messages.Count == 1);
        (await serve.MetricAsync("lockkeeper_watch_writable{what=\"history\"}")).ShouldBe(0);

        // The disk as the process sees it.
        var filler = $"/proc/{process.Id}/root{project.Folder}/.lockkeeper/filler";
        File.Delete(filler);
        await serve.Process.WaitForTextAsync("the history can be written again");

        await FillAsync(filler);
        await Eventually.TrueAsync(async () => await serve.MetricAsync("lockkeeper_watch_writable{what=\"history\"}") < 1, "the disk is full again");
        await project["dev"].ExecuteAsync("DROP TABLE alarm");
        await HeardAsync(() => web.Messages.Count == 2);
        File.Delete(filler);
        await serve.Process.WaitForTextAsync("the history can be written again", times: 2);
    }

    [Fact]
    public async Task a_silence_holds_until_it_is_ended_and_stands_in_the_ledger()
    {
        await using var web = new HttpReceiver();
        await using var project = await ProjectAsync(Hook(web.Port));
        project.Variables["HOOK_TOKEN"] = "t";
        await using var serve = await ServingAsync(project);
        var silenced = await project.JsonAsync("observe", "alerts", "silence", "--match", "alertname=TableThere", "--for", "1h", "--reason", "disk is being replaced");
        var id = (string)silenced["data"]!["silence"]!;
        await project["dev"].ExecuteAsync("CREATE TABLE alarm (id int)");
        await serve.Process.WaitForTextAsync("firing: TableThere");
        await serve.RoundsAsync(await serve.RoundsAsync(0) + 2);
        web.Messages.ShouldBeEmpty();
        var list = await project.RunAsync("observe", "alerts", "list");
        list.ExitCode.ShouldBe(1);
        list.Output.ShouldContain("firing (silenced)");
        list.Output.ShouldContain("by anna: disk is being replaced");
        (await project.RunAsync("observe", "alerts", "silence", "--end", id)).ExitCode.ShouldBe(0);
        await HeardAsync(() => web.Messages.Count == 1);
        var ledger = Encoding.UTF8.GetString(await File.ReadAllBytesAsync(Path.Combine(project.Folder, ".lockkeeper/state.db"))) + string.Concat(Directory.GetFiles(Path.Combine(project.Folder, ".lockkeeper"), "state.db-wal").Select(file => Encoding.UTF8.GetString(File.ReadAllBytes(file))));
        ledger.ShouldContain("silence.began");
        ledger.ShouldContain("silence.ended");
        ledger.ShouldContain("disk is being replaced");
    }

    private static async Task FillAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                await stream.WriteAsync(new byte[4096]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static string Hook(int port) => $"receivers: [ {{ name: hook, webhook: \"http://127.0.0.1:{port}/{"${env:HOOK_TOKEN}"}\" }} ]";

    private static List<string> Paged(LkProject project) => Path.Combine(project.Folder, "paged.json") is var file && File.Exists(file) ? [.. File.ReadAllLines(file).Where(line => line.Length > 0)] : [];

    private static Task HeardAsync(Func<bool> condition) => Eventually.TrueAsync(condition, "a message");

    private static async Task<string> SinceAsync(LkProject project) =>
        (string)(await project.JsonAsync("observe", "alerts", "list"))["data"]!["alerts"]!.AsArray().Single(alert => (string?)alert!["rule"] == "TableThere")!["since"]!;

    private static async Task DamageAsync(LkProject project, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(project.Folder, ".lockkeeper/state.observe.db")};Pooling=false;Default Timeout=30");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private async Task<LkProject> ProjectAsync(string lines)
    {
        var project = await LkProject.CreateOnAsync(fixture.Cluster, "dev");
        project.TopSettings = "observe:\n" + string.Concat($"interval: 1s\ngroup_wait: 100ms\n{Rule}\n{lines}".Split('\n').Select(line => "  " + line + "\n"));
        return project;
    }

    private static async Task<Serving> ServingAsync(LkProject project)
    {
        return await ServingAsync(await project.StartAsync("observe", "serve", "--listen", "127.0.0.1:0"));
    }

    private static async Task<Serving> ServingAsync(LkProcess process)
    {
        await process.WaitForTextAsync("answering on ");
        return new Serving(process, Regex.Match(process.Output + process.Errors, @"answering on (http://\S+)/metrics").Groups[1].Value);
    }

    private sealed record Serving(LkProcess Process, string Address) : IAsyncDisposable
    {
        public async Task<double> MetricAsync(string series)
        {
            var text = await http.GetStringAsync(new Uri(Address + "/metrics"));
            var line = text.Split('\n').First(one => one.StartsWith(series + " ", StringComparison.Ordinal));
            return double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
        }

        /// <summary>Waits until the watch has made so many rounds, and gives their number.</summary>
        public async Task<int> RoundsAsync(int least)
        {
            var rounds = 0;
            await Eventually.TrueAsync(async () => (rounds = (int)await MetricAsync("lockkeeper_watch_rounds_total")) >= least, "rounds of the watch");
            return rounds;
        }

        public async Task StopAsync()
        {
            Process.Terminate();
            await Process.WaitAsync();
        }

        public ValueTask DisposeAsync() => Process.DisposeAsync();
    }

    public sealed class Server : IAsyncLifetime
    {
        internal SandboxCluster Cluster { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Cluster = await TestCluster.StartAsync();

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Tests.TestKit;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary>What looks at the past asks the Prometheus that the project names: a real one, with four weeks in it.</summary>
public sealed class PrometheusPastTests
{
    private static readonly DateTimeOffset end = new(2026, 11, 23, 10, 31, 0, TimeSpan.Zero);

    [Fact]
    public async Task what_is_unusual_is_found_in_the_past_that_prometheus_keeps()
    {
        await using var project = await LkProject.CreateAsync("prod");
        using var folder = new TestFolder();
        await BlocksAsync(folder);
        await using var prometheus = await PrometheusServer.StartAsync(folder);
        project.TopSettings = $"observe: {{ prometheus: \"http://reader:${{env:READER_PASSWORD}}@127.0.0.1:{prometheus.Port}\" }}";
        project.Variables["READER_PASSWORD"] = "a-password-of-prometheus";
        var result = await project.RunAsync("observe", "anomalies", "--at", "2026-11-23T10:31Z");
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain("prod/shop: statement 42 of app in shop: 400 calls a second; usual on Mondays around 10:31 UTC is 100");
        // Of the ten minutes from 09:30 four had the new rate.
        result.Output.ShouldContain("since 09:30 UTC");
        (await project.RunAsync("observe", "anomalies", "--at", "2026-11-20T10:31Z")).ExitCode.ShouldBe(0);
        (await project.RunAsync("observe", "anomalies", "a\"b\\c", "--at", "2026-11-23T10:31Z")).Output.ShouldContain("nothing was compared");
        // It needs no file beside the ledger.
        File.Exists(Path.Combine(project.Folder, ".lockkeeper", "state.observe.db")).ShouldBeFalse();
    }

    [Fact]
    public async Task the_alerts_of_prometheus_are_listed_and_none_that_is_somebody_elses()
    {
        await using var project = await LkProject.CreateAsync("prod");
        using var folder = new TestFolder();
        folder.Write("rules.yml", """
            groups:
              - name: ours
                rules:
                  - { alert: PostgresDown, expr: 'label_replace(vector(0), "target", "prod/shop", "", "")', labels: { severity: critical } }
                  - { alert: PostgresReplicaLags, expr: 'label_replace(vector(77), "target", "prod/shop", "", "")', for: 1h }
                  - { alert: OvenIsHot, expr: 'vector(1)' }
            """);
        await using var prometheus = await PrometheusServer.StartAsync(folder, "evaluation_interval: 1s }\nrule_files: [ rules.yml ]\n");
        project.TopSettings = $"observe: {{ prometheus: \"http://127.0.0.1:{prometheus.Port}\" }}";
        var result = new LkResult(0, "", "");
        await Eventually.TrueAsync(async () => (result = await project.RunAsync("observe", "alerts", "list")).Output.Contains("PostgresReplicaLags", StringComparison.Ordinal), "the rules were evaluated");
        result.ExitCode.ShouldBe(1, result.ToString());
        result.Output.ShouldContain("firing");
        result.Output.ShouldContain("PostgresDown");
        result.Output.ShouldContain("pending");
        result.Output.ShouldNotContain("OvenIsHot");
        (await project.RunAsync("observe", "alerts", "list", "--past")).ExitCode.ShouldBe(2);
        project.TopSettings = "observe: { prometheus: \"http://127.0.0.1:1\" }";
        (await project.RunAsync("observe", "alerts", "list")).Errors.ShouldContain("LK1600");
    }

    [Fact]
    public async Task what_is_no_prometheus_is_said_and_no_password_with_it()
    {
        await using var project = await LkProject.CreateAsync("prod");
        await using var other = new HttpReceiver();
        project.Variables["READER_PASSWORD"] = "a-password-of-prometheus";
        project.TopSettings = $"observe: {{ prometheus: \"http://reader:${{env:READER_PASSWORD}}@127.0.0.1:{other.Port}\" }}";
        var result = await project.RunAsync("observe", "anomalies");
        result.ExitCode.ShouldBe(3, result.ToString());
        result.Errors.ShouldContain("LK6003");
        result.ToString().ShouldNotContain("a-password-of-prometheus");
        project.TopSettings = "observe: { prometheus: \"http://127.0.0.1:1\" }";
        (await project.RunAsync("observe", "anomalies")).Errors.ShouldContain("LK1600");
        project.TopSettings = "observe: { prometheus: \"localhost\" }";
        (await project.RunAsync("observe", "anomalies")).Errors.ShouldContain("LK1103");
    }

    /// <summary>Of the hours that are looked at, a value in two minutes: Prometheus takes one that is up to five minutes old for the present.</summary>
    private static async Task BlocksAsync(TestFolder folder)
    {
        var (calls, commits, text) = (new StringBuilder("# TYPE pg_stat_statements_calls counter\n"), new StringBuilder("# TYPE pg_stat_database_xact_commit unknown\n"), new StringBuilder());
        var (called, committed) = (0.0, 0.0);
        for (var at = end.AddDays(-29); at <= end; at = at.AddMinutes(2))
        {
            var rate = at > end.AddMinutes(-55) ? 400 : 100;
            (called, committed) = (called + (rate * 120), committed + (1000 * 120));
            var isLookedAt = at > end.AddHours(-48) || Math.Abs((((end - at).TotalHours + 12) % (7 * 24)) - 12) < 12;
            if (!isLookedAt)
                continue;
            calls.Append(CultureInfo.InvariantCulture, $"pg_stat_statements_calls_total{{job=\"lk\",instance=\"lk:9187\",target=\"prod/shop\",environment=\"prod\",user=\"app\",datname=\"shop\",queryid=\"42\",toplevel=\"true\"}} {called} {at.ToUnixTimeSeconds()}\n");
            commits.Append(CultureInfo.InvariantCulture, $"pg_stat_database_xact_commit{{job=\"lk\",instance=\"lk:9187\",target=\"prod/shop\",environment=\"prod\",datid=\"16384\",datname=\"shop\"}} {committed} {at.ToUnixTimeSeconds()}\n");
        }

        var file = folder.Write("past.txt", text.Append(calls).Append(commits).Append("# EOF\n").ToString());
        var made = await new ProcessRunner(new Redactor(), TimeProvider.System).RunAsync(new ProcessSpec("promtool", "tsdb", "create-blocks-from", "openmetrics", file, folder["data"]), TestContext.Current.CancellationToken);
        made.Succeeded.ShouldBeTrue(string.Join('\n', made.Lines.Select(line => line.Text)));
    }

    private sealed class PrometheusServer(OwnedProcess process, int port) : IAsyncDisposable
    {
        public int Port => port;

        public static async Task<PrometheusServer> StartAsync(TestFolder folder, string more = "}\n")
        {
            int port;
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                port = ((IPEndPoint)free.LocalEndpoint).Port;
            }

            var config = folder.Write("prometheus.yml", "global: { scrape_interval: 1h, " + more);
            var process = OwnedProcess.Start(
                new ProcessSpec("prometheus", $"--config.file={config}", $"--storage.tsdb.path={folder["data"]}", "--storage.tsdb.retention.time=10y", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error") { Folder = folder.Path },
                new Redactor(), endLimit: TimeSpan.Zero);
            using var http = new HttpClient();
            await Eventually.TrueAsync(async () =>
            {
                try
                {
                    return (await http.GetAsync(new Uri($"http://127.0.0.1:{port}/-/ready"))).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            }, "Prometheus");
            return new PrometheusServer(process, port);
        }

        public ValueTask DisposeAsync() => process.DisposeAsync();
    }
}

using Lockkeeper.Engines.PostgreSql.Pooling;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Observe.Exporting;
using Lockkeeper.Observe.Metrics;
using Lockkeeper.Observe.PostgreSql;
using Lockkeeper.Observe.PostgreSql.Alerts;
using Lockkeeper.Observe.PostgreSql.Pooling;
using Lockkeeper.Observe.Targets;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary>A real PgBouncer as its console shows it.</summary>
public sealed class PoolerTests
{
    private const string Password = "p'w \"ä";

    private static readonly Dictionary<string, string> stats = new() { ["stats_users"] = "postgres" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task pools_statistics_and_limits_are_metrics_with_the_names_of_pgbouncer_exporter()
    {
        await using var pooler = await PgBouncer.StartAsync(await TestCluster.SharedAsync(), new Dictionary<string, string>(stats) { ["max_client_conn"] = "123" });
        await using var client = new NpgsqlConnection($"Host=127.0.0.1;Port={pooler.Port};Username=postgres;Password=any;Database=postgres;Pooling=false;No Reset On Close=true");
        await client.OpenAsync(Cancel);
        await using var transaction = await client.BeginTransactionAsync(Cancel);
        await using var command = new NpgsqlCommand("SELECT pg_sleep(0.01)", client, transaction);
        await command.ExecuteNonQueryAsync(Cancel);

        await using var monitor = Monitor(pooler.Url("pgbouncer"));
        var snapshot = await ScrapeAsync(monitor);
        snapshot.Value("pgbouncer_up").ShouldBe(1);
        snapshot.Find("pgbouncer_version_info").ShouldHaveSingleItem().Label("version").ShouldStartWith("1.");
        snapshot.Value("pgbouncer_config_max_client_connections").ShouldBe(123);
        var pool = new[] { ("database", "postgres"), ("user", "postgres") };
        snapshot.Value("pgbouncer_pools_client_active_connections", pool).ShouldBe(1);
        snapshot.Value("pgbouncer_pools_server_active_connections", pool).ShouldBe(1);
        snapshot.Value("pgbouncer_pools_client_waiting_connections", pool).ShouldBe(0);
        snapshot.Value("pgbouncer_databases_pool_size", ("name", "postgres")).ShouldBe(20);
        snapshot.Value("pgbouncer_databases_current_connections", ("name", "postgres")).ShouldBe(1);
        snapshot.Value("pgbouncer_used_clients").ShouldBe(2, "the client and ourselves");
        await transaction.CommitAsync(Cancel);
        await Eventually.TrueAsync(async () => (await ScrapeAsync(monitor)).Value("pgbouncer_stats_server_in_transaction_seconds_total", ("database", "postgres")) >= 0.01, "the time in the transaction");
    }

    [Fact]
    public async Task what_an_older_pooler_does_not_show_is_said_to_be_missing()
    {
        await using var pooler = await PgBouncer.StartAsync(await TestCluster.SharedAsync(), stats);
        await using var monitor = Monitor(pooler.Url("pgbouncer"));
        var snapshot = await ScrapeAsync(monitor);
        var given = snapshot.Samples.Select(sample => sample.Metric.Name).ToHashSet();
        foreach (var metric in MetricCatalogue.All.Where(metric => metric.Topic == "pgbouncer" && !given.Contains(metric.Name)))
            snapshot.WhyMissing(metric.Name).ShouldBe("server_version", metric.Name);
        // 1.18, Debian's.
        snapshot.SamplesOf("lockkeeper_metric_unavailable").Count().ShouldBeLessThanOrEqualTo(3);
    }

    [Theory]
    [InlineData("md5")]
    [InlineData("scram-sha-256")]
    [InlineData("plain")]
    public async Task it_signs_in_in_every_way_that_the_pooler_knows(string how)
    {
        using var folder = new TestFolder();
        var users = folder.Write("users.txt", $"\"watch\" \"{Password.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n\"nobody\" \"x\"\n");
        await using var pooler = await PgBouncer.StartAsync(await TestCluster.SharedAsync(), new Dictionary<string, string> { ["auth_type"] = how, ["auth_file"] = users, ["stats_users"] = "watch" });
        await using (var monitor = Monitor(Url(pooler, "watch", Password)))
            (await ScrapeAsync(monitor)).Value("pgbouncer_up").ShouldBe(1);
        foreach (var (user, password) in new[] { ("watch", "wrong"), ("watch", ""), ("unknown", Password), ("nobody", "x") })
        {
            await using var refused = Monitor(Url(pooler, user, password));
            var snapshot = await ScrapeAsync(refused);
            snapshot.Value("pgbouncer_up").ShouldBe(0, user);
            snapshot.Find("lockkeeper_target_down").ShouldHaveSingleItem().Label("reason").ShouldBe("login_refused", user);
            snapshot.WhyMissing("pgbouncer_pools_client_waiting_connections").ShouldBe("login_refused");
        }
    }

    [Fact]
    public async Task what_is_no_pooler_at_all_is_refused_with_a_reason()
    {
        var server = await TestCluster.SharedAsync();
        var error = await Should.ThrowAsync<LockkeeperException>(() => AdminConsole.OpenAsync(server.Url(), new Redactor(), Cancel));
        error.Message.ShouldContain("database \"pgbouncer\" does not exist");
        error.Code.Id.ShouldBe("LK2002");
    }

    [Fact]
    public async Task the_questions_of_runbooks_for_poolers_are_answered_in_their_console()
    {
        await using var pooler = await PgBouncer.StartAsync(await TestCluster.SharedAsync(), stats);
        var target = new MonitoredTarget(_ => Task.FromResult(pooler.Url("pgbouncer"))) { Name = "t", Engine = MonitoredTarget.PgBouncer, Labels = [] };
        var steps = AllAlerts.Rules.SelectMany(rule => rule.Runbook.Diagnosis).Where(step => step.Place == DiagnosisPlace.Pooler).Distinct().ToList();
        var answers = await RunbookDiagnosis.RunAsync(target, null, steps, new Redactor(), Cancel);
        answers.Count.ShouldBe(6);
        answers.ShouldAllBe(answer => answer.Error == null && answer.Columns!.Count > 0);
    }

    [Fact]
    public async Task a_pooler_that_somebody_else_keeps_is_observed_by_its_url()
    {
        await using var project = await LkProject.CreateAsync("prod");
        await using var pooler = await PgBouncer.StartAsync(await TestCluster.SharedAsync(), stats);
        project.TopSettings = $"observe: {{ poolers: {{ edge: \"{pooler.Url("pgbouncer")}\" }} }}\n";
        var result = await project.RunAsync("observe", "metrics", "pgbouncer://edge");
        result.ExitCode.ShouldBe(0, result.ToString());
        result.Output.ShouldContain("pgbouncer_up{target=\"pgbouncer://edge\"} 1\n");
        (await project.RunAsync("observe", "runbook", "PgBouncerPoolStarved", "--target", "pgbouncer://edge")).Output.ShouldContain("cl_waiting");
    }

    private static PoolerMonitor Monitor(string url) => new(new MonitoredTarget(_ => Task.FromResult(url)) { Name = "t", Engine = MonitoredTarget.PgBouncer, Labels = [new("target", "t")] }, TimeProvider.System, new Redactor());

    private static Task<Snapshot> ScrapeAsync(PoolerMonitor monitor) => monitor.ScrapeAsync(TimeSpan.FromMinutes(1), Cancel);

    private static string Url(PgBouncer pooler, string user, string password) => new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = pooler.Port, Username = user, Password = password }.ConnectionString;
}

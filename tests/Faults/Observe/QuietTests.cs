using System.Globalization;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>Healthy load through a pooler on a primary with a standby and an archive: nobody is woken.</summary>
public sealed class QuietTests
{
    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions))]
    public Task no_alert_fires_under_healthy_load(int version) => WatchAsync(version, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(1));

    [Theory, MemberData(nameof(Versions.EveryDay), MemberType = typeof(Versions)), Trait("Category", "Long")]
    public Task no_alert_fires_in_ten_minutes_of_healthy_load(int version) => WatchAsync(version, TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5));

    private static async Task WatchAsync(int version, TimeSpan time, TimeSpan interval)
    {
        await using var primary = await Versions.StartAsync(version, new Dictionary<string, string> { ["archive_mode"] = "on", ["archive_command"] = "true" });
        await Session.OnceAsync(primary, "CREATE EXTENSION pg_stat_statements");
        await PgbenchAsync(primary, primary.Port, "-i", "-s", "10", "-q");
        await using var standby = await Standby.OfAsync(primary);
        await using var pooler = await PgBouncer.StartAsync(primary, new Dictionary<string, string> { ["stats_users"] = "postgres", ["default_pool_size"] = "2" });
        await using var harness = new AlertHarness().Watch("primary", primary.Url()).Watch("standby", standby.Url).WatchPooler("pooler", pooler.Url("pgbouncer"));
        // Twice as many clients as the pool has connections: waiting for a moment is what a pooler is for.
        var load = PgbenchAsync(primary, pooler.Port, "-T", time.TotalSeconds.ToString(CultureInfo.InvariantCulture), "-c", "4", "-R", "100", "-n");
        var heard = new HashSet<string>();
        var rounds = 0;
        while (!load.IsCompleted)
        {
            var snapshots = await harness.RoundAsync();
            snapshots.ShouldAllBe(snapshot => snapshot.IsUp);
            foreach (var alert in harness.Alerts.Where(alert => alert.Phase == AlertPhase.Firing))
                heard.Add($"{alert.Rule}: {alert.Summary}");
            rounds++;
            await Task.WhenAny(load, Task.Delay(interval));
        }

        await load;
        heard.ShouldBeEmpty();
        // What is pending when the load ends would have woken somebody had it gone on.
        harness.Alerts.Where(alert => alert.Phase == AlertPhase.Pending).Select(alert => $"{alert.Rule}: {alert.Summary}").ShouldBeEmpty();
        rounds.ShouldBeGreaterThan(3);
    }

    private static Task PgbenchAsync(SandboxCluster server, int port, params string[] arguments) => new ProcessRunner(new Redactor(), TimeProvider.System).RunOrFailAsync(
        new ProcessSpec(Path.Combine(server.BinariesFolder, "pgbench"), [.. arguments, "-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-U", server.User, "postgres"])
        {
            Environment = new Dictionary<string, string?> { ["PGPASSWORD"] = server.Password },
        },
        "pgbench failed.", CancellationToken.None);
}

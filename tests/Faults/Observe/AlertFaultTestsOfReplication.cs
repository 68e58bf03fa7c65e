using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Observe.Alerts;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>A standby that is cut off, silent, behind, gone or promoted, as it sees itself and as its primary sees it.</summary>
public sealed class AlertFaultTestsOfReplication(AlertFaultTestsOfReplication.Servers fixture) : IClassFixture<AlertFaultTestsOfReplication.Servers>
{
    private SandboxCluster primary = null!;
    private Standby standby = null!;

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresStandbyDisconnected")]
    public async Task the_network_between_standby_and_primary_is_cut(int version)
    {
        (primary, standby) = await fixture.OnAsync(version);
        await using var harness = Harness();
        await harness.ProveAsync(
            "PostgresStandbyDisconnected",
            () => Task.Run(standby.Link.Refuse),
            () => Task.Run(standby.Link.Accept));
        await harness.ResolvesAsync("PostgresStandbyLost");
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresStandbySilent")]
    public async Task the_network_swallows_what_the_primary_sends(int version)
    {
        (primary, standby) = await fixture.OnAsync(version);
        // A minute in the rule.
        await using var harness = Harness(("PostgresStandbySilent", 2));
        await HeardAsync(harness);
        standby.Link.Pause();
        try
        {
            (await harness.FiresAsync("PostgresStandbySilent", where: IsStandby)).Summary.ShouldStartWith("the standby standby has heard nothing of its primary for");
        }
        finally
        {
            standby.Link.Resume();
        }

        await HeardAsync(harness);
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresReplayPaused", "PostgresReplicaLags", "PostgresReplicationLagBytes")]
    public async Task replay_is_paused_while_the_primary_goes_on(int version)
    {
        (primary, standby) = await fixture.OnAsync(version);
        // 30 s and 256 MB in the rules.
        await using var harness = Harness(("PostgresReplicaLags", 1), ("PostgresReplicationLagBytes", 1 << 20));
        await HeardAsync(harness);
        await using var there = await Session.OpenAsync(standby.Url);
        await there.RunAsync("SELECT pg_wal_replay_pause()");
        try
        {
            await Session.OnceAsync(primary, "CREATE TABLE IF NOT EXISTS big (t text)", "INSERT INTO big SELECT repeat('x', 1000) FROM generate_series(1, 3000)");
            await harness.FiresAsync("PostgresReplayPaused", where: IsStandby);
            await harness.FiresAsync("PostgresReplicaLags", where: IsStandby);
            (await harness.FiresAsync("PostgresReplicationLagBytes")).Labels["target"].ShouldBe("primary");
        }
        finally
        {
            await there.RunAsync("SELECT pg_wal_replay_resume()");
        }

        await harness.ResolvesAsync("PostgresReplayPaused");
        await harness.ResolvesAsync("PostgresReplicaLags");
        await harness.ResolvesAsync("PostgresReplicationLagBytes");
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresStandbyLost")]
    public async Task the_standby_is_killed(int version)
    {
        (primary, standby) = await fixture.OnAsync(version);
        await using var harness = Harness();
        await harness.QuietAsync("PostgresStandbyLost", "PostgresDown");
        await standby.Cluster.StopAsync(StopMode.Immediate);
        try
        {
            var lost = await harness.FiresAsync("PostgresStandbyLost");
            lost.Labels["target"].ShouldBe("primary");
            lost.Summary.ShouldBe("standby streamed WAL from primary within the last hour and does not any more");
            await harness.FiresAsync("PostgresDown", where: IsStandby);
        }
        finally
        {
            await standby.Cluster.StartAgainAsync();
        }

        await harness.ResolvesAsync("PostgresStandbyLost");
        await harness.ResolvesAsync("PostgresDown");
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresRoleChanged")]
    public async Task a_standby_is_promoted(int version)
    {
        (primary, standby) = await fixture.OnAsync(version);
        await using var second = await Standby.OfAsync(primary);
        await using var harness = new AlertHarness().Watch("standby", second.Url);
        await harness.QuietAsync("PostgresRoleChanged");
        await using (var there = await Session.OpenAsync(second.Url))
            await there.RunAsync("SELECT pg_promote()");
        harness.Pass(TimeSpan.FromSeconds(15));
        (await harness.FiresAsync("PostgresRoleChanged")).Severity.ShouldBe(AlertSeverity.Critical);
        harness.Pass(TimeSpan.FromMinutes(15));
        await harness.ResolvesAsync("PostgresRoleChanged");
    }

    private static bool IsStandby(Alert alert) => alert.Labels["target"] == "standby";

    private AlertHarness Harness(params (string Rule, double Threshold)[] thresholds) =>
        new AlertHarness(rule => thresholds.Where(one => one.Rule == rule.Name).Select(one => rule with { Threshold = one.Threshold }).FirstOrDefault(rule)).Watch("primary", primary.Url()).Watch("standby", standby.Url);

    /// <summary>A primary on which nothing happens says a word twice a minute only.</summary>
    private async Task HeardAsync(AlertHarness harness)
    {
        for (var until = DateTime.UtcNow.AddMinutes(1); ; await Task.Delay(50))
        {
            await Session.OnceAsync(primary, "SELECT pg_logical_emit_message(true, 'test', 'a word')");
            harness.Pass(TimeSpan.FromSeconds(1));
            await harness.RoundAsync();
            if (harness.Alerts.All(alert => alert.Phase == AlertPhase.Resolved || !alert.Rule.StartsWith("PostgresStandby", StringComparison.Ordinal) && !alert.Rule.StartsWith("PostgresRepl", StringComparison.Ordinal)))
                return;
            DateTime.UtcNow.ShouldBeLessThan(until, string.Join(", ", harness.Alerts.Select(alert => alert.Summary)));
        }
    }

    public sealed class Servers : IAsyncDisposable
    {
        // A sender or receiver that gives up by itself would turn silence into a cut.
        private readonly ServersByVersion primaries = new(new Dictionary<string, string> { ["wal_sender_timeout"] = "0" });
        private readonly Dictionary<int, Standby> standbys = [];

        internal async Task<(SandboxCluster Primary, Standby Standby)> OnAsync(int version)
        {
            var primary = await primaries.OnAsync(version);
            if (standbys.TryGetValue(version, out var known))
                return (primary, known);
            var standby = standbys[version] = await Standby.OfAsync(primary);
            await using var there = await Session.OpenAsync(standby.Url);
            await there.RunAsync("ALTER SYSTEM SET wal_receiver_timeout = 0");
            await there.RunAsync("SELECT pg_reload_conf()");
            return (primary, standby);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var standby in standbys.Values)
                await standby.DisposeAsync();
            await primaries.DisposeAsync();
        }
    }
}

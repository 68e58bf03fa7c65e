using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>Slots that nobody reads, an archive that does not take WAL, and checkpoints that come too often.</summary>
public sealed class AlertFaultTestsOfWal(AlertFaultTestsOfWal.Server fixture) : IClassFixture<AlertFaultTestsOfWal.Server>
{
    private SandboxCluster server = null!;

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresSlotInactive", "PostgresSlotKeepsWal", "PostgresSlotLosing")]
    public async Task a_slot_is_abandoned_until_its_wal_is_removed(int version)
    {
        server = await fixture.OnAsync(version);
        // 10 GB in the rule.
        await using var harness = AlertHarness.Of(server, ("PostgresSlotKeepsWal", 40 << 20));
        await harness.QuietAsync("PostgresSlotInactive", "PostgresSlotKeepsWal", "PostgresSlotLosing");
        await Session.OnceAsync(server, "SELECT pg_create_physical_replication_slot('abandoned', true)");
        (await harness.FiresAsync("PostgresSlotInactive")).Summary.ShouldBe("nobody reads the replication slot abandoned of server");
        await SwitchAsync(3);
        await harness.FiresAsync("PostgresSlotKeepsWal");

        await Session.OnceAsync(server, "ALTER SYSTEM SET max_slot_wal_keep_size = '16MB'", "SELECT pg_reload_conf()");
        await SwitchAsync(2);
        // Unreserved, or lost already when a checkpoint came in between.
        await harness.FiresAsync("PostgresSlotLosing");
        await Session.OnceAsync(server, "CHECKPOINT");
        await harness.FiresAsync("PostgresSlotLosing", where: alert => alert.Labels["wal_status"] == "lost");

        await Session.OnceAsync(server, "SELECT pg_drop_replication_slot('abandoned')", "ALTER SYSTEM RESET max_slot_wal_keep_size", "SELECT pg_reload_conf()");
        await harness.ResolvesAsync("PostgresSlotInactive");
        await harness.ResolvesAsync("PostgresSlotKeepsWal");
        await harness.ResolvesAsync("PostgresSlotLosing");
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresArchivingFails", "PostgresArchivingBehind", "PostgresWalLarge")]
    public async Task the_archive_takes_nothing(int version)
    {
        server = await fixture.OnAsync(version);
        await using var harness = AlertHarness.Of(server);
        await harness.QuietAsync("PostgresArchivingFails", "PostgresArchivingBehind", "PostgresWalLarge");
        await Session.OnceAsync(server, "ALTER SYSTEM SET archive_command = 'false'", "SELECT pg_reload_conf()");
        await SwitchAsync(32);
        await harness.FiresAsync("PostgresArchivingFails");
        (await harness.FiresAsync("PostgresArchivingBehind")).Value.ShouldBeGreaterThan(30);
        await harness.FiresAsync("PostgresWalLarge");

        await Session.OnceAsync(server, "ALTER SYSTEM SET archive_command = 'true'", "SELECT pg_reload_conf()");
        await SwitchAsync(1);
        await harness.ResolvesAsync("PostgresArchivingFails");
        await harness.ResolvesAsync("PostgresArchivingBehind");
        await Session.OnceAsync(server, "CHECKPOINT");
        await harness.ResolvesAsync("PostgresWalLarge");
    }

    [Theory, MemberData(nameof(Versions.EveryDay), MemberType = typeof(Versions)), AlertFault("PostgresCheckpointsTooOften")]
    public async Task checkpoints_are_forced_again_and_again(int version)
    {
        server = await fixture.OnAsync(version);
        await using var harness = AlertHarness.Of(server);
        await harness.QuietAsync("PostgresCheckpointsTooOften");
        await harness.FiresAsync("PostgresCheckpointsTooOften", each: () => Session.OnceAsync(server, "CHECKPOINT", "CHECKPOINT"));
        harness.Pass(TimeSpan.FromMinutes(10));
        await harness.ResolvesAsync("PostgresCheckpointsTooOften");
    }

    private async Task SwitchAsync(int times)
    {
        await using var session = await Session.OpenAsync(server);
        for (var i = 0; i < times; i++)
        {
            await session.RunAsync("SELECT pg_logical_emit_message(false, 'test', 'a word')");
            await session.RunAsync("SELECT pg_switch_wal()");
        }
    }

    public sealed class Server : IAsyncDisposable
    {
        // New files of WAL take no room on the disk.
        private readonly ServersByVersion servers = new(new Dictionary<string, string> { ["archive_mode"] = "on", ["archive_command"] = "true", ["max_wal_size"] = "32MB", ["min_wal_size"] = "32MB", ["wal_init_zero"] = "off", ["wal_recycle"] = "off" });

        internal Task<SandboxCluster> OnAsync(int version) => servers.OnAsync(version);

        public ValueTask DisposeAsync() => servers.DisposeAsync();
    }
}

using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>Dead rows that stay, the room that they took, broken indexes, sequences that end, settings that do not hold yet.</summary>
public sealed class AlertFaultTestsOfVacuum(AlertFaultTestsOfVacuum.Server fixture) : IClassFixture<AlertFaultTestsOfVacuum.Server>
{
    private SandboxCluster server = null!;

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresVacuumBehind")]
    public async Task a_table_is_not_vacuumed(int version)
    {
        server = await fixture.OnAsync(version);
        await using var harness = AlertHarness.Of(server);
        await harness.QuietAsync("PostgresVacuumBehind");
        await Session.OnceAsync(server, "CREATE TABLE busy (id int, n int) WITH (autovacuum_enabled = off)", "INSERT INTO busy SELECT i, 0 FROM generate_series(1, 10000) AS i", "UPDATE busy SET n = 1", "UPDATE busy SET n = 2");
        (await harness.FiresAsync("PostgresVacuumBehind")).Labels["relname"].ShouldBe("busy");
        await Session.OnceAsync(server, "VACUUM busy");
        await harness.ResolvesAsync("PostgresVacuumBehind");
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresAutovacuumOff")]
    public async Task autovacuum_is_switched_off(int version)
    {
        server = await fixture.OnAsync(version);
        await using var harness = AlertHarness.Of(server);
        await harness.ProveAsync(
            "PostgresAutovacuumOff",
            () => Session.OnceAsync(server, "ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()"),
            () => Session.OnceAsync(server, "ALTER SYSTEM RESET autovacuum", "SELECT pg_reload_conf()"));
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresTableBloated", "PostgresIndexBloated")]
    public async Task most_of_a_table_and_of_its_index_is_empty(int version)
    {
        server = await fixture.OnAsync(version);
        // A gigabyte in the rules.
        await using var harness = new AlertHarness(rule => rule with { Expression = rule.Expression.Replace("1073741824", "1000000", StringComparison.Ordinal) }).Watch("server", server.Url());
        await harness.QuietAsync("PostgresTableBloated", "PostgresIndexBloated");
        await Session.OnceAsync(
            server, "CREATE TABLE hollow (id int PRIMARY KEY, note text) WITH (autovacuum_enabled = off)", "INSERT INTO hollow SELECT i, 'a note' FROM generate_series(1, 100000) AS i",
            // The last rows keep the pages before them.
            "DELETE FROM hollow WHERE id < 98000", "VACUUM ANALYZE hollow");
        (await harness.FiresAsync("PostgresTableBloated")).Labels["relname"].ShouldBe("hollow");
        (await harness.FiresAsync("PostgresIndexBloated")).Labels["indexrelname"].ShouldBe("hollow_pkey");
        await Session.OnceAsync(server, "VACUUM FULL hollow", "ANALYZE hollow");
        harness.Pass(TimeSpan.FromHours(1));
        await harness.ResolvesAsync("PostgresTableBloated");
        await harness.ResolvesAsync("PostgresIndexBloated");
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresInvalidIndex")]
    public async Task an_index_could_not_be_built(int version)
    {
        server = await fixture.OnAsync(version);
        await using var harness = AlertHarness.Of(server);
        await Session.OnceAsync(server, "CREATE TABLE double (id int)", "INSERT INTO double VALUES (1), (1)");
        await using var session = await Session.OpenAsync(server);
        await harness.ProveAsync(
            "PostgresInvalidIndex",
            () => session.FailAsync("CREATE UNIQUE INDEX CONCURRENTLY double_id ON double (id)"),
            () => session.RunAsync("DROP INDEX double_id"));
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresSequenceNearEnd")]
    public async Task a_sequence_comes_to_the_end_of_its_column(int version)
    {
        server = await fixture.OnAsync(version);
        await using var harness = AlertHarness.Of(server);
        // A bigint sequence behind an integer column: the column ends first.
        await Session.OnceAsync(server, "CREATE SEQUENCE visits_id AS bigint", "CREATE TABLE visits (id int DEFAULT nextval('visits_id'))", "ALTER SEQUENCE visits_id OWNED BY visits.id");
        await harness.QuietAsync("PostgresSequenceNearEnd");
        await Session.OnceAsync(server, "SELECT setval('visits_id', 1800000000)");
        var alert = await harness.FiresAsync("PostgresSequenceNearEnd");
        alert.Summary.ShouldBe("public.visits_id in postgres of server has used 83.8 % of its numbers");
        await Session.OnceAsync(server, "SELECT setval('visits_id', 1)");
        harness.Pass(TimeSpan.FromMinutes(5));
        await harness.ResolvesAsync("PostgresSequenceNearEnd");
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresRestartPending")]
    public async Task a_setting_waits_for_a_restart(int version)
    {
        server = await fixture.OnAsync(version);
        await using var harness = AlertHarness.Of(server);
        await harness.ProveAsync(
            "PostgresRestartPending",
            () => Session.OnceAsync(server, "ALTER SYSTEM SET max_connections = 77", "SELECT pg_reload_conf()"),
            () => Session.OnceAsync(server, "ALTER SYSTEM RESET max_connections", "SELECT pg_reload_conf()"));
    }

    [Theory, MemberData(nameof(Versions.Every), MemberType = typeof(Versions)), AlertFault("PostgresXminHeld")]
    public async Task an_old_snapshot_is_held(int version)
    {
        server = await fixture.OnAsync(version);
        // Ten million transactions in the rule.
        await using var harness = AlertHarness.Of(server, ("PostgresXminHeld", 50));
        await harness.QuietAsync("PostgresXminHeld");
        await using var holder = await Session.OpenAsync(server);
        await holder.RunAsync("SET application_name = 'report'");
        await holder.RunAsync("BEGIN ISOLATION LEVEL REPEATABLE READ");
        await holder.RunAsync("SELECT 1");
        await Session.OnceAsync(server, [.. Enumerable.Repeat("SELECT txid_current()", 60)]);
        (await harness.FiresAsync("PostgresXminHeld")).Summary.ShouldContain("postgres report has kept vacuum of server from removing rows for 60 transactions");
        await holder.RunAsync("COMMIT");
        await harness.ResolvesAsync("PostgresXminHeld");
    }

    public sealed class Server : IAsyncDisposable
    {
        private readonly ServersByVersion servers = new();

        internal Task<SandboxCluster> OnAsync(int version) => servers.OnAsync(version);

        public ValueTask DisposeAsync() => servers.DisposeAsync();
    }
}

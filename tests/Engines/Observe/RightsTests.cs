using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary>What a role, an extension or an address that is not there takes away, and that it is said.</summary>
public sealed class RightsTests
{
    [Theory, MemberData(nameof(CollectorTests.Versions), MemberType = typeof(CollectorTests))]
    public async Task a_member_of_pg_monitor_reads_everything(int version)
    {
        await using var database = await CreateAsync(version);
        await using var role = await Role.CreateAsync(database, "GRANT pg_monitor TO {0}");
        await database.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS pg_stat_statements; CREATE TABLE t (id serial)");
        var snapshot = await Observed.OnceAsync(role.Url);
        snapshot.MissingAgainstNature().ShouldBeEmpty();
        snapshot.SamplesOf("lockkeeper_collector_success").Where(sample => sample.Value != 1).ShouldBeEmpty();
        snapshot.Value("lockkeeper_sequences_unreadable", ("datname", database.Name)).ShouldBe(1);
        snapshot.SamplesOf("pg_stat_statements_calls_total").ShouldNotBeEmpty();
        snapshot.Value("pg_wal_segments")!.Value.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task a_role_with_nothing_still_gets_what_everybody_may_see_and_is_told_what_it_lacks()
    {
        await using var database = await CreateAsync(15);
        await using var role = await Role.CreateAsync(database, "GRANT CONNECT ON DATABASE \"{1}\" TO {0}");
        await database.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS pg_stat_statements; CREATE TABLE t (id int)");
        var snapshot = await Observed.OnceAsync(role.Url);
        snapshot.Value("pg_up").ShouldBe(1);
        foreach (var metric in new[] { "pg_stat_activity_count", "lockkeeper_blocked_sessions", "pg_stat_statements_calls_total", "pg_wal_size_bytes", "lockkeeper_xmin_age", "pg_replication_lag_seconds", "lockkeeper_archiver_waiting_files" })
        {
            snapshot.WhyMissing(metric).ShouldBe("missing_grant", metric);
            snapshot.SamplesOf(metric).ShouldBeEmpty(metric);
        }

        snapshot.Value("pg_stat_user_tables_n_live_tup", ("relname", "t")).ShouldBe(0);
        snapshot.SamplesOf("pg_stat_database_xact_commit").ShouldNotBeEmpty();
        snapshot.SamplesOf("pg_locks_count").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task a_grant_that_is_given_counts_at_the_next_scrape()
    {
        await using var database = await CreateAsync(15);
        await using var role = await Role.CreateAsync(database, "GRANT CONNECT ON DATABASE \"{1}\" TO {0}");
        await using var observed = new Observed(role.Url);
        (await observed.ScrapeAsync()).WhyMissing("pg_stat_activity_count").ShouldBe("missing_grant");
        await role.RunAsync("GRANT pg_monitor TO {0}");
        var later = await observed.ScrapeAsync();
        later.WhyMissing("pg_stat_activity_count").ShouldBeNull();
        later.SamplesOf("pg_stat_activity_count").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task an_extension_that_is_missing_is_said()
    {
        await using var database = await CreateAsync(15);
        var snapshot = await Observed.OnceAsync(database.Url);
        snapshot.WhyMissing("pg_stat_statements_calls_total").ShouldBe("missing_extension");
        snapshot.WhyMissing("lockkeeper_statements_evicted_total").ShouldBe("missing_extension");
    }

    [Fact]
    public async Task a_wrong_password_is_a_target_that_is_down_and_says_why()
    {
        var cluster = await TestCluster.SharedAsync();
        var snapshot = await Observed.OnceAsync($"postgres://postgres:wrong@127.0.0.1:{cluster.Port}/postgres");
        snapshot.Value("pg_up").ShouldBe(0);
        snapshot.Value("lockkeeper_target_down", ("reason", "login_refused")).ShouldBe(1);
        snapshot.WhyMissing("pg_stat_activity_count").ShouldBe("login_refused");
    }

    [Fact]
    public async Task a_server_that_is_not_there_is_a_target_that_is_down()
    {
        var snapshot = await Observed.OnceAsync($"postgres://postgres:any@127.0.0.1:{Lockkeeper.Engines.PostgreSql.Sandbox.FreePort.Find()}/postgres");
        snapshot.IsUp.ShouldBeFalse();
        snapshot.Value("lockkeeper_target_down", ("reason", "connection_lost")).ShouldBe(1);
    }

    private static async Task<TestDatabase> CreateAsync(int version) => await TestDatabase.CreateAsync(cluster: version == 15 ? await TestCluster.SharedAsync() : await LabCluster.SharedAsync());

    /// <summary>A role of the test's own.</summary>
    private sealed class Role(TestDatabase database, string name) : IAsyncDisposable
    {
        public string Url => database.UrlAs(name, "secret-" + name);

        public static async Task<Role> CreateAsync(TestDatabase database, string grant)
        {
            var role = new Role(database, "r_" + database.Name);
            await role.RunAsync("CREATE ROLE {0} LOGIN PASSWORD 'secret-{0}'");
            await role.RunAsync(grant);
            return role;
        }

        public Task RunAsync(string sql) => database.ExecuteAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, name, database.Name));

        public async ValueTask DisposeAsync()
        {
            await RunAsync("DROP OWNED BY {0}");
            await RunAsync("DROP ROLE {0}");
        }
    }
}

using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Observe.PostgreSql.Top;
using Lockkeeper.Observe.Targets;
using Lockkeeper.Observe.Top;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.Observe;

/// <summary>What the live view reads of a server and does to it.</summary>
public sealed class TopSourceTests
{
    private static readonly CancellationToken none = CancellationToken.None;

    [Theory, MemberData(nameof(CollectorTests.Versions), MemberType = typeof(CollectorTests))]
    public async Task a_plan_is_that_of_any_parameters_and_nothing_is_executed(int version)
    {
        await using var database = await CreateAsync(version);
        await database.ExecuteAsync(
            """
            CREATE TABLE paid (id int PRIMARY KEY, sum int); INSERT INTO paid SELECT i, 0 FROM generate_series(1, 5000) AS i; ANALYZE paid;
            CREATE TABLE parted (id int, at date) PARTITION BY RANGE (at); CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
            CREATE FUNCTION note() RETURNS int LANGUAGE sql VOLATILE AS 'INSERT INTO paid VALUES (0, 0) RETURNING id'
            """);
        await using var source = Source(database.Url);
        await source.ReadAsync(none);
        string.Join('\n', await ExplainAsync("SELECT * FROM paid WHERE id = $1")).ShouldContain("Index Scan using paid_pkey");
        if (version >= 16)
            string.Join('\n', await ExplainAsync("SELECT * FROM parted WHERE at = $1 AND '$2' <> ''")).ShouldContain("on parted_1");
        (await ExplainAsync("UPDATE paid SET sum = $1 WHERE id = $2")).ShouldContain(line => line.Contains("Update on paid"));
        (await ExplainAsync("/* of an application */ DELETE FROM paid WHERE id = 7")).ShouldContain(line => line.Contains("Delete on paid"));
        (await ExplainAsync("SELECT note()")).ShouldContain(line => line.Contains("Result"));
        (await ExplainAsync("SELECT 1; DELETE FROM paid")).Single().ShouldBe("these are 2 statements; only one has a plan");
        (await ExplainAsync("ANALYZE paid")).Single().ShouldBe("a statement of this kind has no plan");
        (await ExplainAsync("(ANALYZE) DELETE FROM paid"))[0].ShouldStartWith("the server gives no plan: syntax error");
        (await ExplainAsync("SELECT * FROM missing WHERE id = $1"))[0].ShouldBe("the server gives no plan: relation \"missing\" does not exist");
        (await ExplainAsync(new string('x', 5000)))[0].ShouldStartWith("the server has cut the statement off");
        (await database.ScalarAsync("SELECT count(*) || ' ' || sum(sum) FROM paid")).ShouldBe("5000 0");
        (await database.ScalarAsync($"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database.Name}' AND application_name = 'lockkeeper observe'")).ShouldBe("1", "one connection a database");

        async Task<IReadOnlyList<string>> ExplainAsync(string text) => await source.ExplainAsync(new StatementToExplain(text, 0, database.Name, "postgres"), none);
    }

    [Fact]
    public async Task a_statement_of_another_database_is_planned_there_as_the_role_that_sent_it()
    {
        await using var here = await CreateAsync(15);
        await using var there = await CreateAsync(15);
        var role = there.Name + "_app";
        await there.ExecuteAsync($"CREATE ROLE {role}; CREATE SCHEMA app AUTHORIZATION {role}; CREATE TABLE app.orders (id int, owner text); ALTER TABLE app.orders OWNER TO {role}; ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY own ON app.orders USING (owner = current_user); ALTER ROLE {role} IN DATABASE {there.Name} SET search_path = app");
        await using var source = Source(here.Url);
        await source.ReadAsync(none);
        var plan = await source.ExplainAsync(new StatementToExplain("SELECT id FROM orders", 0, there.Name, role), none);
        plan.ShouldContain(line => line.Contains("owner = CURRENT_USER"), "row security holds for that role, and its search_path finds the table");
        (await here.ScalarAsync($"SELECT count(*) FROM pg_stat_activity WHERE datname = '{there.Name}' AND application_name = 'lockkeeper observe'")).ShouldBe("0");
        await there.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
    }

    [Fact]
    public async Task another_session_with_the_same_number_or_another_statement_of_the_same_session_is_not_hit()
    {
        await using var database = await CreateAsync(15);
        await using var client = await database.OpenAsync();
        await using var sleep = new NpgsqlCommand("SELECT pg_sleep(600)", client) { CommandTimeout = 0 };
        var sleeping = sleep.ExecuteNonQueryAsync(none);
        await using var source = Source(database.Url);
        TopSession? shown = null;
        await Eventually.TrueAsync(async () => (shown = (await source.ReadAsync(none)).Sessions.SingleOrDefault(one => one.Pid == client.ProcessID && one.State == "active")) is not null, "the session");
        (await source.SignalAsync(SignalKind.Terminate, shown! with { StartedAt = shown.StartedAt.AddTicks(10) }, none)).ShouldBe(SignalOutcome.Gone);
        (await source.SignalAsync(SignalKind.Cancel, shown with { StartedAt = shown.StartedAt.AddTicks(-10) }, none)).ShouldBe(SignalOutcome.Gone);
        (await source.SignalAsync(SignalKind.Cancel, shown with { StatementAt = shown.StatementAt!.Value.AddTicks(-10) }, none)).ShouldBe(SignalOutcome.Gone);
        (await database.ScalarAsync($"SELECT state FROM pg_stat_activity WHERE pid = {client.ProcessID}")).ShouldBe("active");
        (await source.SignalAsync(SignalKind.Cancel, shown, none)).ShouldBe(SignalOutcome.Sent);
        (await Should.ThrowAsync<PostgresException>(sleeping)).SqlState.ShouldBe("57014");
    }

    [Theory, MemberData(nameof(CollectorTests.Versions), MemberType = typeof(CollectorTests))]
    public async Task statements_show_what_was_executed_since_the_reading_before(int version)
    {
        await using var database = await CreateAsync(version);
        await database.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS pg_stat_statements; CREATE TABLE only_here (id int)");
        await database.ExecuteAsync("INSERT INTO only_here SELECT generate_series(1, 10)");
        await using var source = Source(database.Url);
        (await source.ReadAsync(none)).Queries.ShouldBeNull("there is no reading before");
        for (var i = 0; i < 3; i++)
            await database.ExecuteAsync("INSERT INTO only_here SELECT generate_series(1, 10)");
        var query = (await source.ReadAsync(none)).Queries!.Single(one => one.Database == database.Name && one.Text?.StartsWith("INSERT INTO only_here", StringComparison.Ordinal) == true);
        query.Calls.ShouldBe(3);
        query.RowsPerCall.ShouldBe(10);
        query.User.ShouldBe("postgres");
    }

    [Fact]
    public async Task the_role_of_monitoring_sees_all_of_it_and_may_stop_nobody()
    {
        await using var database = await CreateAsync(15);
        var role = database.Name + "_watch";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'watch-me-1' IN ROLE pg_monitor");
        await using var client = await database.OpenAsync();
        await using (var command = new NpgsqlCommand("SELECT 'seen', 'password=hidden-one'", client))
            await command.ExecuteNonQueryAsync(none);
        await using var source = Source(database.UrlAs(role, "watch-me-1"));
        var shown = (await source.ReadAsync(none)).Sessions.Single(one => one.Pid == client.ProcessID);
        shown.Statement.ShouldBe("SELECT 'seen', 'password=***'");
        var error = await Should.ThrowAsync<Lockkeeper.Kernel.Errors.LockkeeperException>(source.SignalAsync(SignalKind.Terminate, shown, none));
        error.Message.ShouldContain("superuser");
        await database.ExecuteAsync($"DROP ROLE {role}");
    }

    [Fact]
    public async Task pools_are_shown_and_a_pooler_that_is_down_does_not_hide_the_server()
    {
        await using var database = await CreateAsync(15);
        var pooler = await PgBouncer.StartAsync(database.Cluster, new Dictionary<string, string> { ["stats_users"] = "postgres", ["default_pool_size"] = "1" });
        await using var source = Source(database.Url, pooler.Url("pgbouncer"));
        await using (var client = new NpgsqlConnection(Lockkeeper.Engines.PostgreSql.Connections.PostgreSqlUrl.Parse(pooler.Url(database.Name)).ConnectionString + ";Pooling=false"))
        {
            await client.OpenAsync(none);
            await using var held = await client.BeginTransactionAsync(none);
            await using (var command = new NpgsqlCommand("SELECT 1", client, held))
                await command.ExecuteNonQueryAsync(none);
            var pool = (await source.ReadAsync(none)).Pools!.Single(one => one.Database == database.Name);
            (pool.ClientsActive, pool.ServersActive, pool.ClientsWaiting).ShouldBe((1, 1, 0));
        }

        await pooler.DisposeAsync();
        var reading = await source.ReadAsync(none);
        reading.Pools.ShouldBeNull();
        reading.PoolsMissing.ShouldStartWith("pgbouncer://server: ");
        reading.MaxConnections.ShouldBe(300);
    }

    private static TopReader Source(string url, string? pooler = null) => new(Target("server", MonitoredTarget.PostgreSql, url), pooler is null ? null : Target("pgbouncer://server", MonitoredTarget.PgBouncer, pooler), TimeProvider.System, new Redactor());

    private static MonitoredTarget Target(string name, string engine, string url) => new(_ => Task.FromResult(url)) { Name = name, Engine = engine, Labels = [new("target", name)] };

    private static async Task<TestDatabase> CreateAsync(int version) => await TestDatabase.CreateAsync(cluster: version == 15 ? await TestCluster.SharedAsync() : await LabCluster.SharedAsync());
}

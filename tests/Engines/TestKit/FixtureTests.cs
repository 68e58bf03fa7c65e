using System.Text;
using Lockkeeper.Tests.TestKit;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Engines.TestKit;

public sealed class FixtureTests
{
    [Fact]
    public async Task the_shared_server_can_decode_changes_and_count_statements()
    {
        await using var database = await TestDatabase.CreateAsync();
        (await database.ScalarAsync("SHOW wal_level")).ShouldBe("logical");
        await database.ExecuteAsync("CREATE EXTENSION pg_stat_statements");
        (await database.ScalarAsync("SELECT count(*) >= 0 FROM pg_stat_statements")).ShouldBe("t");
    }

    [Fact]
    public async Task a_database_is_dropped_although_somebody_is_connected()
    {
        var database = await TestDatabase.CreateAsync();
        await using var session = await database.OpenAsync();
        await database.DisposeAsync();
        await using var other = await TestDatabase.CreateAsync();
        (await other.ScalarAsync($"SELECT count(*) FROM pg_database WHERE datname = '{database.Name}'")).ShouldBe("0");
    }

    [Fact]
    public async Task a_database_can_be_copied_from_another()
    {
        await using var first = await TestDatabase.CreateAsync();
        await first.ExecuteAsync("CREATE TABLE t AS SELECT 42 AS answer");
        await using var copy = await TestDatabase.CreateAsync(first.Name);
        (await copy.ScalarAsync("SELECT answer FROM t")).ShouldBe("42");
    }

    [Fact]
    public async Task psql_runs_a_script_and_stops_at_the_first_error()
    {
        await using var database = await TestDatabase.CreateAsync();
        (await Psql.OutputAsync(database.Url, "SELECT 1 + 1; SELECT :'word';", new PsqlOptions { Variables = new Dictionary<string, string> { ["word"] = "it's" } })).ShouldBe("2\nit's");
        var failed = await Psql.RunAsync(database.Url, "SELECT 1; SELECT nothing; SELECT 2;");
        failed.ExitCode.ShouldBe(3);
        failed.Output.ShouldBe("1");
        using var folder = new TestFolder();
        (await Psql.RunFileAsync(database.Url, folder.Write("a.sql", "SELECT 7;"))).Output.ShouldBe("7");
    }

    [Fact]
    public async Task a_cut_proxy_ends_the_session_and_a_new_one_works()
    {
        var cluster = await TestCluster.SharedAsync();
        await using var proxy = new TcpProxy(cluster.Port);
        proxy.OnClientBytes = bytes =>
        {
            if (Encoding.UTF8.GetString(bytes.Span).Contains("cut here", StringComparison.Ordinal))
                proxy.Cut();
        };
        var connection = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = proxy.Port, Username = cluster.User, Password = cluster.Password, Database = "postgres", Pooling = false }.ConnectionString;
        await using (var session = new NpgsqlConnection(connection))
        {
            await session.OpenAsync();
            await using var command = new NpgsqlCommand("SELECT 'cut here'", session);
            await Should.ThrowAsync<NpgsqlException>(() => command.ExecuteScalarAsync());
        }

        (await Psql.OutputAsync(proxy.Through(cluster.Url()), "SELECT 'again'")).ShouldBe("again");
        proxy.Refuse();
        (await Psql.RunAsync(proxy.Through(cluster.Url()), "SELECT 1")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task pgbouncer_hands_out_server_sessions_by_transaction()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var bouncer = await PgBouncer.StartAsync(await TestCluster.SharedAsync(), new Dictionary<string, string> { ["default_pool_size"] = "1" });
        await Psql.OutputAsync(bouncer.Url(database.Name), "CREATE TABLE t(x int)");
        // Two clients share the one server session of the pool: only transaction mode lets the second one in while the first is connected.
        await using var first = new NpgsqlConnection($"Host=127.0.0.1;Port={bouncer.Port};Username=postgres;Password=any;Database={database.Name};Pooling=false;No Reset On Close=true");
        await first.OpenAsync();
        (await Psql.OutputAsync(bouncer.Url(database.Name), "SELECT current_user")).ShouldBe("postgres");
    }

    [Fact]
    public async Task lk_runs_as_a_process()
    {
        using var folder = new TestFolder();
        var result = await LkProcess.RunAsync(folder.Path, "--version");
        result.ExitCode.ShouldBe(0, result.ToString());
    }
}

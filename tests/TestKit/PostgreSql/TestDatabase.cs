using Lockkeeper.Engines.PostgreSql.Sandbox;
using Npgsql;

namespace Lockkeeper.Tests.TestKit.PostgreSql;

/// <summary>A database of the test's own on a server; it is dropped when disposed, with whoever is still connected.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static int count;

    private readonly SandboxCluster cluster;

    private TestDatabase(SandboxCluster cluster, string name)
    {
        this.cluster = cluster;
        Name = name;
    }

    public string Name { get; }

    /// <summary>The server that it is on.</summary>
    public SandboxCluster Cluster => cluster;

    /// <summary>As the superuser.</summary>
    public string Url => cluster.Url(Name);

    /// <summary>As another role.</summary>
    public string UrlAs(string role, string password) =>
        $"postgres://{Uri.EscapeDataString(role)}:{Uri.EscapeDataString(password)}@127.0.0.1:{cluster.Port}/{Name}";

    /// <summary>The same for Npgsql, without pooling: a test's sessions end when it closes them.</summary>
    public string ConnectionString => Connection(Name);

    public static async Task<TestDatabase> CreateAsync(string? template = null, SandboxCluster? cluster = null)
    {
        var database = new TestDatabase(cluster ?? await TestCluster.SharedAsync(), $"t{Interlocked.Increment(ref count)}_{Guid.NewGuid().ToString("N")[..6]}");
        // template0 takes no connections, so copying it is never refused because somebody is connected to it.
        await database.OnServerAsync($"CREATE DATABASE \"{database.Name}\" TEMPLATE \"{template ?? "template0"}\"");
        return database;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await connection.ExecuteEachAsync(sql);
    }

    /// <summary>The first column of the first row as text; null for NULL or no row.</summary>
    public async Task<string?> ScalarAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120, AllResultTypesAreUnknown = true };
        return await command.ExecuteScalarAsync() as string;
    }

    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>A session whose transaction is open and has run the statements.</summary>
    public async Task<NpgsqlConnection> BeginAsync(string sql)
    {
        var connection = await OpenAsync();
        await connection.ExecuteEachAsync($"BEGIN; {sql}");
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        // Statements of dropped databases stay in pg_stat_statements and would crowd out those of the tests that still run.
        if (cluster == await TestCluster.SharedAsync())
            await OnServerAsync($"SELECT pg_stat_statements_reset(0, oid, 0) FROM pg_database WHERE datname = '{Name}'");
        await OnServerAsync($"DROP DATABASE IF EXISTS \"{Name}\" WITH (FORCE)");
    }

    private async Task OnServerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Connection("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    private string Connection(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = cluster.Port,
        Username = cluster.User,
        Password = cluster.Password,
        Database = database,
        Pooling = false,
        Timeout = 30,
    }.ConnectionString;
}

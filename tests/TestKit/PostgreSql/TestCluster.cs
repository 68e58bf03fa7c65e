using Lockkeeper.Engines.PostgreSql.Sandbox;
using Npgsql;

namespace Lockkeeper.Tests.TestKit.PostgreSql;

/// <summary>The server that the tests of one process share. It is started by the first test that asks, and ends with the process.</summary>
public static class TestCluster
{
    private static readonly Lazy<Task<SandboxCluster>> Shared = new(StartSharedAsync);

    public static Task<SandboxCluster> SharedAsync() => Shared.Value;

    /// <summary>Starts a server of the test's own; dispose it.</summary>
    public static Task<SandboxCluster> StartAsync(IReadOnlyDictionary<string, string>? settings = null, int? majorVersion = null, string? binariesFolder = null)
    {
        var all = new Dictionary<string, string>
        {
            ["wal_level"] = "logical",
            ["max_connections"] = "300",
            ["shared_preload_libraries"] = "pg_stat_statements",
            // Room for what all tests that run at once send: what is thrown out first is what a test has sent once and is about to look for.
            ["pg_stat_statements.max"] = "20000",
            ["max_prepared_transactions"] = "20",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            all[name] = value;
        return SandboxCluster.StartAsync(new SandboxOptions { Name = "tests", Ephemeral = true, Settings = all, MajorVersion = majorVersion, BinariesFolder = binariesFolder }, TestPorts.Create(), CancellationToken.None);
    }

    private static async Task<SandboxCluster> StartSharedAsync()
    {
        var cluster = await StartAsync();
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = cluster.Port,
            Username = cluster.User,
            Password = cluster.Password,
            Database = "postgres",
            Pooling = false,
        }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("CREATE EXTENSION pg_stat_statements", connection);
        await command.ExecuteNonQueryAsync();
        return cluster;
    }
}

using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Tests.TestKit.PostgreSql;
using Npgsql;

namespace Lockkeeper.Tests.TestKit.Rds;

/// <summary>A real server with the roles of RDS: its master user is no superuser, and some roles and a database are the service's own.</summary>
public sealed class ManagedPostgreSql : IAsyncDisposable
{
    public const string Password = "of-the-master-9";

    private ManagedPostgreSql(SandboxCluster cluster) => Cluster = cluster;

    public SandboxCluster Cluster { get; }

    public static async Task<ManagedPostgreSql> StartAsync(string? binariesFolder = null)
    {
        var server = new ManagedPostgreSql(await TestCluster.StartAsync(binariesFolder: binariesFolder));
        foreach (var statement in new[]
        {
            "CREATE ROLE rdsadmin SUPERUSER LOGIN", "CREATE ROLE rds_superuser", "CREATE ROLE rds_iam", $"CREATE ROLE master LOGIN CREATEDB CREATEROLE PASSWORD '{Password}'", "GRANT rds_superuser, rds_iam TO master WITH ADMIN OPTION",
            "CREATE DATABASE rdsadmin OWNER rdsadmin", "REVOKE ALL ON DATABASE rdsadmin FROM PUBLIC", "ALTER DATABASE postgres OWNER TO master",
        })
            await server.SqlAsync(statement);
        return server;
    }

    public async Task SqlAsync(string sql, string database = "postgres")
    {
        await using var connection = await OpenAsync(database);
        await connection.ExecuteEachAsync(sql);
    }

    /// <summary>The first column of the first row as text.</summary>
    public async Task<string?> ScalarAsync(string sql, string database = "postgres")
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
        return await command.ExecuteScalarAsync() as string;
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    private async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = Cluster.Port, Username = Cluster.User, Password = Cluster.Password, Database = database, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}

using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Npgsql;

namespace Lockkeeper.Tests.Faults.Observe;

/// <summary>A session of a client. What it has counted is there for others when it has ended.</summary>
internal sealed class Session : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;

    private Session(NpgsqlConnection connection) => this.connection = connection;

    public static async Task<Session> OpenAsync(string url)
    {
        var opened = new NpgsqlConnection(PostgreSqlUrl.Parse(url).ConnectionString + ";Pooling=false;Command Timeout=120");
        await opened.OpenAsync();
        return new Session(opened);
    }

    public static Task<Session> OpenAsync(SandboxCluster server) => OpenAsync(server.Url());

    /// <summary>Runs statements in a session that ends.</summary>
    public static async Task OnceAsync(SandboxCluster server, params string[] statements)
    {
        await using var session = await OpenAsync(server);
        foreach (var statement in statements)
            await session.RunAsync(statement);
    }

    public async Task RunAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Runs a statement that fails.</summary>
    public async Task FailAsync(string sql)
    {
        try
        {
            await RunAsync(sql);
        }
        catch (PostgresException)
        {
            return;
        }

        throw new InvalidOperationException($"it did not fail: {sql}");
    }

    public async Task<string?> ScalarAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
        return await command.ExecuteScalarAsync() as string;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

using Lockkeeper.Engines.PostgreSql.Connections;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Locks;

/// <summary>The connection that a run's locks are watched over, opened when the first migration takes long enough and kept for the next.</summary>
/// <param name="server">The target.</param>
internal sealed class WatcherConnection(PostgreSqlServer server) : IAsyncDisposable
{
    private NpgsqlConnection? connection;

    /// <summary>Whether it is there already.</summary>
    public bool IsOpen => connection is { State: System.Data.ConnectionState.Open };

    /// <summary>The connection.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancel)
    {
        if (IsOpen)
            return connection!;
        if (connection is not null)
            await connection.DisposeAsync();
        return connection = await server.OpenAsync(cancel);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection?.DisposeAsync() ?? ValueTask.CompletedTask;
}

using Lockkeeper.Engines.PostgreSql.Connections;
using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.Leases;

/// <summary>What a lease is for: a database, or one schema of it.</summary>
/// <param name="Server">The database.</param>
/// <param name="Scope">The schema; empty for the whole database.</param>
public sealed record LeasePlace(PostgreSqlServer Server, string Scope = "")
{
    /// <summary>Keeps the connection from one lease to the next; null for one of its own each time.</summary>
    public KeptConnection? Kept { get; init; }

    /// <summary>Where it is, fit for messages.</summary>
    public string Name => Scope.Length == 0 ? Server.Name : $"{Server.Name}, schema {Scope}";

    /// <summary>A connection for a lease.</summary>
    internal Task<NpgsqlConnection> OpenAsync(CancellationToken cancel) => Kept is null ? Server.OpenAsync(cancel) : Kept.TakeAsync(cancel);

    /// <summary>Puts the connection of a lease that ended away.</summary>
    internal ValueTask CloseAsync(NpgsqlConnection connection) => Kept is null ? connection.DisposeAsync() : Kept.GiveBackAsync(connection);
}

/// <summary>A connection that one lease after the other uses: of a thousand short leases each would otherwise pay for a sign-in.</summary>
/// <param name="server">Where it goes.</param>
public sealed class KeptConnection(PostgreSqlServer server) : IAsyncDisposable
{
    private NpgsqlConnection? idle;

    /// <summary>The kept connection, or a new one while it is out or lost.</summary>
    /// <param name="cancel">Stops connecting.</param>
    public async Task<NpgsqlConnection> TakeAsync(CancellationToken cancel)
    {
        var kept = Interlocked.Exchange(ref idle, null);
        if (kept is { State: System.Data.ConnectionState.Open })
            return kept;
        if (kept is not null)
            await kept.DisposeAsync();
        return await server.OpenAsync(cancel);
    }

    /// <summary>Keeps a connection for the next one.</summary>
    /// <param name="connection">The connection; no transaction is open.</param>
    public ValueTask GiveBackAsync(NpgsqlConnection connection) => Interlocked.Exchange(ref idle, connection)?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref idle, null)?.DisposeAsync() ?? ValueTask.CompletedTask;
}

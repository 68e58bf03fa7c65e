using Lockkeeper.Engines.PostgreSql.Connections;
using Npgsql;
using NpgsqlTypes;

namespace Lockkeeper.Observe.PostgreSql;

/// <summary>Our one connection to a database. It stays open between scrapes, and is opened anew when it was lost.</summary>
internal sealed class DatabaseSession(Func<CancellationToken, Task<PostgreSqlServer>> serverAsync) : IAsyncDisposable
{
    // What a role or database has for its own sessions must neither hold us up nor make us read a table of somebody's in the place of a catalog.
    private static readonly (string Name, string Value)[] limits =
    [
        ("statement_timeout", StatementTimeout), ("lock_timeout", LockTimeout), ("idle_in_transaction_session_timeout", "60s"), ("search_path", "pg_catalog"), ("jit", "off"),
        ("max_parallel_workers_per_gather", "0"), ("default_transaction_read_only", "on"), ("application_name", "lockkeeper observe"),
    ];

    /// <summary>A lock that is not free at once is not waited for: whoever waits in a queue for locks holds up those behind.</summary>
    private const string LockTimeout = "100ms";

    /// <summary>A collector that takes longer does more harm than its numbers are worth.</summary>
    private const string StatementTimeout = "5s";

    /// <summary>The settings that are ours and not the server's.</summary>
    public static IReadOnlySet<string> Settings { get; } = limits.Select(limit => limit.Name).ToHashSet(StringComparer.Ordinal);

    private readonly Dictionary<string, NpgsqlCommand> prepared = new(StringComparer.Ordinal);
    private NpgsqlConnection? connection;
    private bool isPooled;

    /// <summary>The connection, when it is open.</summary>
    public NpgsqlConnection Connection => connection ?? throw new InvalidOperationException("the session is not open");

    public bool IsOpen => connection is { FullState: System.Data.ConnectionState.Open };

    /// <summary>The server's process that serves us; 0 when none does.</summary>
    public int ProcessId => IsOpen ? connection!.ProcessID : 0;

    /// <summary>Opens it unless it is open.</summary>
    public async Task OpenAsync(CancellationToken cancel)
    {
        if (IsOpen)
            return;
        await CloseAsync();
        connection = await (await serverAsync(cancel)).OpenAsync(cancel);
        isPooled = (await ServerIdentity.ReadAsync(connection, cancel)).IsPooled;
        if (!isPooled)
            await SetAsync(cancel);
    }

    /// <summary>Does something within our limits. Through a pooler a setting would stay with a connection that is somebody else's next, so there it holds for a transaction.</summary>
    public async Task<T> WithinLimitsAsync<T>(Func<Task<T>> work, CancellationToken cancel)
    {
        if (!isPooled)
            return await work();
        await using var transaction = await Connection.BeginTransactionAsync(cancel);
        await SetAsync(cancel);
        return await work();
    }

    /// <summary>Does something in a transaction that is rolled back, within our limits.</summary>
    public async Task<T> RolledBackAsync<T>(Func<Task<T>> work, CancellationToken cancel)
    {
        await using var transaction = await Connection.BeginTransactionAsync(cancel);
        if (isPooled)
            await SetAsync(cancel);
        return await work();
    }

    /// <summary>A statement that is sent at every scrape: planned once.</summary>
    public async Task<NpgsqlCommand> CommandAsync(string sql, CancellationToken cancel, params NpgsqlDbType[] parameters)
    {
        if (prepared.TryGetValue(sql, out var known))
            return known;
        var command = new NpgsqlCommand(sql, Connection);
        foreach (var type in parameters)
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        if (!isPooled)
            await command.PrepareAsync(cancel);
        return prepared[sql] = command;
    }

    public async ValueTask CloseAsync()
    {
        foreach (var command in prepared.Values)
            await command.DisposeAsync();
        prepared.Clear();
        if (connection is { } open)
            await open.DisposeAsync();
        connection = null;
    }

    public ValueTask DisposeAsync() => CloseAsync();

    private async Task SetAsync(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("/* lk:observe.limits */ SELECT set_config(name, value, $3) FROM unnest($1::text[], $2::text[]) AS s (name, value)", Connection);
        command.Parameters.AddWithValue(limits.Select(limit => limit.Name).ToArray());
        command.Parameters.AddWithValue(limits.Select(limit => limit.Value).ToArray());
        command.Parameters.AddWithValue(isPooled);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
        }
    }
}

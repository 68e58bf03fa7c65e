using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Leases;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.PostgreSql.Adoption;
using Lockkeeper.Migrate.Running;
using Lockkeeper.Migrate.Running.Tenants;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>A PostgreSQL server whose databases or schemas are tenants.</summary>
internal sealed class TenantServer(DatabaseConfig database, string url, Redactor redactor, TimeProvider clock) : ITenantServer
{
    private readonly PostgreSqlServer server = PostgreSqlServer.At(url, redactor);
    private TargetSession? session;

    public string Name => server.Name;

    private TargetSession Session => session ??= new TargetSession(server, clock);

    public Task<IReadOnlyList<string?>> QueryAsync(string query, CancellationToken cancel) => TalkAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands = { new NpgsqlBatchCommand("/* lk:migrate.read_only */ SET TRANSACTION READ ONLY"), new NpgsqlBatchCommand(query) },
        };
        var names = new List<string?>();
        await using (var reader = await batch.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
                names.Add(await reader.IsDBNullAsync(0, cancel) ? null : Convert.ToString(reader.GetValue(0), System.Globalization.CultureInfo.InvariantCulture));
        }

        await transaction.RollbackAsync(cancel);
        return (IReadOnlyList<string?>)names;
    }, cancel);

    public string UrlOf(string name) => PostgreSqlUrl.WithDatabase(url, name);

    public Task<IReadOnlyList<SchemaGroup>> ReadSchemasAsync(string series, IReadOnlyList<string> schemas, CancellationToken cancel) => TalkAsync(async connection =>
    {
        var empty = new PostgreSqlTarget(database, url, new LeasePlace(server, schemas.Count > 0 ? schemas[0] : "public"), Session, clock);
        var state = await empty.ReadStateAsync(series, cancel);
        return await TenantQueries.ReadAsync(connection, series, schemas, state, cancel);
    }, cancel);

    public Task<IReadOnlyList<string>> WithForeignTablesAsync(IReadOnlyList<string> schemas, CancellationToken cancel) => TalkAsync(
        connection => TenantQueries.ReadWithTablesAsync(connection, [.. ForeignHistories.All.SelectMany(tool => tool.Tables).Select(layout => layout.Name).Distinct()], schemas, cancel), cancel);

    public Task<IReadOnlyList<(string Schema, ReleaseOutcome? Outcome)>> ReadReleasesAsync(string series, string artifact, IReadOnlyList<string> schemas, CancellationToken cancel) =>
        TalkAsync(async connection => await HistoryTables.ReadVersionAsync(connection, cancel) is null
            ? [.. schemas.Select(schema => (schema, (ReleaseOutcome?)null))]
            : await TenantQueries.ReadReleasesAsync(connection, series, artifact, schemas, cancel), cancel);

    public Task PrepareAsync(IReadOnlyList<string> schemas, CancellationToken cancel) => TalkAsync(async connection =>
    {
        Session.Identity!.RequireWritable(Name);
        await HistoryTables.CreateAsync(connection, Name, cancel);
        await LeaseTables.AddAsync(connection, schemas, cancel);
        return true;
    }, cancel);

    public ITenantLane OpenLane() => new Lane(database, url, server, clock);

    public ValueTask DisposeAsync() => session?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<T> TalkAsync<T>(Func<NpgsqlConnection, Task<T>> talk, CancellationToken cancel)
    {
        try
        {
            return await talk(await Session.ConnectionAsync(cancel));
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, Name);
        }
    }

    /// <summary>Two connections: one that migrations run on, and one that the leases are held by.</summary>
    /// <remarks>The backend's memory of tables grows with every schema, so the connection is a new one now and then.</remarks>
    private sealed class Lane(DatabaseConfig database, string url, PostgreSqlServer server, TimeProvider clock) : ITenantLane
    {
        private readonly TargetSession session = new(server, clock);
        private const int MostSchemas = 200;

        private readonly KeptConnection leases = new(server);

        private int targets;

        public IMigrationTarget Target(string schema)
        {
            if (++targets % MostSchemas == 0)
                session.Retire();
            return new PostgreSqlTarget(database, url, new LeasePlace(server, schema) { Kept = leases }, session, clock);
        }

        public async ValueTask DisposeAsync()
        {
            await session.DisposeAsync();
            await leases.DisposeAsync();
        }
    }
}

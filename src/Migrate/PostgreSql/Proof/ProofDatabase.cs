using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Migrate.Proof;
using Lockkeeper.Migrate.Running;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>A database of the shadow server.</summary>
/// <param name="server">It.</param>
/// <param name="database">The database of the project.</param>
/// <param name="withRows">Whether its tables hold rows that were made up.</param>
/// <param name="drop">Drops it.</param>
internal sealed class ProofDatabase(PostgreSqlServer server, DatabaseConfig database, bool withRows, Func<Task> drop) : IProofDatabase
{
    private bool isDropped;

    public async Task<ScriptTrace> TraceAsync(PreparedMigration migration, bool undo, int? first, CancellationToken cancel)
    {
        var script = (PreparedSql)(undo ? migration.Down! : migration.Up);
        var trace = await AskAsync(() => new TracedScript(server, script, new SessionSettings(database.LockTimeout, script.Source.Timeout, database.SearchPath)).RunAsync(first, cancel));
        return trace with { FailedOnData = trace.FailedOnData && withRows };
    }

    public Task<SchemaState> ReadSchemaAsync(CancellationToken cancel) => AskAsync(async () =>
    {
        await using var connection = await server.OpenAsync(cancel);
        var snapshot = await SchemaReader.ReadAsync(connection, SchemaScope.Default, cancel);
        return new SchemaState(snapshot.Fingerprint, snapshot.ToBytes());
    });

    public IReadOnlyList<string> Differences(SchemaState expected, SchemaState actual) =>
        [.. SchemaDiff.Compare(SchemaSnapshot.FromBytes(expected.Bytes), SchemaSnapshot.FromBytes(actual.Bytes)).Select(difference => difference.Words)];

    public async ValueTask DisposeAsync()
    {
        if (isDropped)
            return;
        isDropped = true;
        await drop();
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (ServerErrors.IsServerError(e))
        {
            throw ServerErrors.Translate(e, server.Name);
        }
    }
}

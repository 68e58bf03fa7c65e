using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Schema;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Migrate.Expand;
using Lockkeeper.Migrate.PostgreSql.Expand;
using Lockkeeper.Migrate.Proof;
using Lockkeeper.Migrate.Proof.Order;
using Lockkeeper.Migrate.Running;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>A database of the shadow server.</summary>
/// <param name="server">It.</param>
/// <param name="database">The database of the project.</param>
/// <param name="withRows">Whether its tables hold rows that were made up.</param>
/// <param name="drop">Drops it.</param>
internal sealed class ProofDatabase(PostgreSqlServer server, DatabaseConfig database, bool withRows, Func<Task> drop) : IProofDatabase
{
    private bool isDropped;

    /// <summary>How it is reached.</summary>
    public PostgreSqlServer Server => server;

    public async Task<ScriptTrace> TraceAsync(PreparedMigration migration, bool undo, int? first, CancellationToken cancel)
    {
        var script = (PreparedSql)(undo ? migration.Down! : migration.Up);
        var trace = await AskAsync(() => new TracedScript(server, script, new SessionSettings(database.LockTimeout, script.Source.Timeout, database.SearchPath)).RunAsync(first, cancel));
        return trace with { FailedOnData = trace.FailedOnData && withRows };
    }

    public Task<LockkeeperException?> RunAsync(PreparedMigration migration, bool undo, int? first, CancellationToken cancel)
    {
        var script = (PreparedSql)(undo ? migration.Down! : migration.Up);
        return AskAsync(async () => (await new TracedScript(server, script, new SessionSettings(database.LockTimeout, script.Source.Timeout, database.SearchPath)) { Looks = false }.RunAsync(first, cancel)).Error);
    }

    public Task<IReadOnlyDictionary<string, string>> ReadRowsAsync(CancellationToken cancel) => AskAsync<IReadOnlyDictionary<string, string>>(async () =>
    {
        await using var connection = await server.OpenAsync(cancel);
        // One statement for all tables: query_to_xml runs the query that it is given as text.
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.proof_hashes */
            SELECT format('%I.%I', n.nspname, c.relname),
                   (xpath('/row/h/text()', query_to_xml(format($q$SELECT count(*) || ':' || coalesce(md5(string_agg(md5(r::text), '' ORDER BY md5(r::text))), '') AS h FROM %I.%I AS r$q$, n.nspname, c.relname), false, true, '')))[1]::text
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'lockkeeper')
            """, connection);
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            hashes[reader.GetString(0).StartsWith("public.", StringComparison.Ordinal) ? reader.GetString(0)["public.".Length..] : reader.GetString(0)] = reader.GetString(1);
        return hashes;
    });

    public Task<IReadOnlyDictionary<string, TableContent>> ReadTablesAsync(CancellationToken cancel) => AskAsync(() => TableContents.ReadAsync(server, cancel));

    public Task<SchemaState> ReadSchemaAsync(CancellationToken cancel) => AskAsync(async () =>
    {
        await using var connection = await server.OpenAsync(cancel);
        var snapshot = await SchemaReader.ReadAsync(connection, SchemaScope.Default, cancel);
        return new SchemaState(snapshot.Fingerprint, snapshot.ToBytes());
    });

    public Task<PhasePlan> PlanExpandAsync(ExpandIntent intent, CancellationToken cancel) => AskAsync(async () =>
    {
        await using var connection = await server.OpenAsync(cancel);
        if (database.SearchPath.Count > 0)
        {
            await using var path = new NpgsqlCommand($"/* lk:migrate.expand_path */ SET search_path = {string.Join(", ", database.SearchPath.Select(SqlText.Identifier))}", connection);
            await path.ExecuteNonQueryAsync(cancel);
        }

        return await new Expander(connection).PlanAsync(intent, cancel);
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
            throw ShadowTrouble.IsServers(e) ? ShadowTrouble.Of(e) : ServerErrors.Translate(e, server.Name);
        }
    }
}

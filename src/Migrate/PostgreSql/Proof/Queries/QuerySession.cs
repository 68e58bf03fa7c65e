using System.Data;
using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Migrate.Proof.Queries;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof.Queries;

/// <summary>A session on a shadow in which statements are prepared and explained, never run.</summary>
/// <remarks>
/// The plan is the one for any value: a prepared statement is explained with NULLs while plan_cache_mode forbids to look at them. Partitions are not pruned then: that would
/// look at them when the plan is about to start. EXPLAIN (GENERIC_PLAN) of PostgreSQL 16 is of no use: over a driver's protocol it wants values, and plans for them.
/// </remarks>
internal sealed class QuerySession : IAsyncDisposable
{
    private const string Tag = "/* lk:migrate.proof_prepare */ ";
    private const int FirstOwnOid = 16384;

    private readonly NpgsqlConnection connection;
    private readonly Dictionary<uint, string> types = [];
    private int count;

    private QuerySession(NpgsqlConnection connection) => this.connection = connection;

    /// <summary>The relations that the planner looked at so far, indexes among them.</summary>
    public HashSet<uint> Relations { get; } = [];

    /// <summary>Opens one.</summary>
    /// <param name="server">The shadow database.</param>
    /// <param name="settings">The planner's settings of the target.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<QuerySession> OpenAsync(PostgreSqlServer server, IReadOnlyList<(string Name, string Value)> settings, CancellationToken cancel)
    {
        var opened = await server.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.proof_planner */
            SELECT count(pg_catalog.set_config(s.name, w.value, false))
            FROM unnest($1::text[] || '{plan_cache_mode}'::text[], $2::text[] || '{force_generic_plan}'::text[]) AS w(name, value) JOIN pg_catalog.pg_settings s ON s.name = w.name
            """, opened);
        command.Parameters.Add(new NpgsqlParameter { Value = settings.Select(setting => setting.Name).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = settings.Select(setting => setting.Value).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
        return new QuerySession(opened);
    }

    /// <summary>Prepares a statement and asks for its plan.</summary>
    /// <param name="query">The statement.</param>
    /// <param name="plans">Reads the plan.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<QueryAnswer> AskAsync(AskedQuery query, PlanReader plans, CancellationToken cancel)
    {
        var name = $"lk_{++count}";
        var prepare = $"{Tag}PREPARE {name} AS ";
        try
        {
            var parameters = await PrepareAsync(name, prepare + query.Text, cancel);
            return new QueryAnswer { Parameters = parameters, Columns = await ColumnsAsync(name, cancel), Plan = plans.Read(await ExplainAsync(name, parameters.Count, cancel)) };
        }
        catch (PostgresException e) when (!ServerErrors.IsConnectionLost(e) && !cancel.IsCancellationRequested)
        {
            var at = query.At is null || e.Position <= prepare.Length ? query.At : new SqlStatement(query.Text.AsMemory(), 0, query.At).PositionOf(e.Position - prepare.Length - 1);
            return new QueryAnswer { Error = e.MessageText, ErrorAt = at };
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task<IReadOnlyList<string>> PrepareAsync(string name, string sql, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(sql));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"{Tag}SELECT parameter_types::text[] FROM pg_catalog.pg_prepared_statements WHERE name = '{name}'"));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return reader.GetFieldValue<string[]>(0);
    }

    private async Task<IReadOnlyList<ResultColumn>> ColumnsAsync(string name, CancellationToken cancel)
    {
        // The server describes EXECUTE by what it would execute; nothing runs.
        var columns = new List<(string Name, uint Type)>();
        await using (var command = new NpgsqlCommand($"{Tag}EXECUTE {name}", connection))
        await using (var reader = await command.ExecuteReaderAsync(CommandBehavior.SchemaOnly, cancel))
            columns.AddRange(Enumerable.Range(0, reader.FieldCount).Select(i => (reader.GetName(i), reader.GetDataTypeOID(i))));
        foreach (var type in columns.Select(column => column.Type).Where(type => !types.ContainsKey(type)).Distinct().ToList())
        {
            await using var command = new NpgsqlCommand($"{Tag}SELECT pg_catalog.format_type({type}, NULL)", connection);
            types[type] = (string)(await command.ExecuteScalarAsync(cancel))!;
        }

        return [.. columns.Select(column => new ResultColumn(column.Name, types[column.Type]))];
    }

    private async Task<string> ExplainAsync(string name, int parameters, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"{Tag}SELECT pg_catalog.set_config('enable_partition_pruning', '{(parameters == 0 ? "on" : "off")}', true)"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"{Tag}EXPLAIN (FORMAT JSON) EXECUTE {name}{(parameters == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("NULL", parameters))})")}"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"{Tag}SELECT DISTINCT relation::int8 FROM pg_catalog.pg_locks WHERE pid = pg_catalog.pg_backend_pid() AND locktype = 'relation' AND relation::int8 >= {FirstOwnOid}"));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        var json = reader.GetString(0);
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
            Relations.Add((uint)reader.GetInt64(0));
        return json;
    }
}

using System.Data;
using Lockkeeper.Kernel.Errors;
using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>Reads a database's schema from its catalogs.</summary>
public static class SchemaReader
{
    private const int Attempts = 3;

    // What decides how the server writes names, constants and expressions. Set for the transaction only, which is what a pooler in
    // transaction mode allows; a role's or database's own settings then have no say.
    private const string Settings = """
        /* lk:schema.settings */
        SELECT set_config('search_path', '', true), set_config('quote_all_identifiers', 'off', true), set_config('DateStyle', 'ISO, YMD', true),
            set_config('IntervalStyle', 'postgres', true), set_config('TimeZone', 'UTC', true), set_config('extra_float_digits', '1', true),
            set_config('bytea_output', 'hex', true), set_config('xmlbinary', 'base64', true), set_config('lc_monetary', 'C', true),
            set_config('standard_conforming_strings', 'on', true), set_config('jit', 'off', true)
        """;

    // Planning the statements takes the server ten times as long as running them for one small schema.
    private const string KeepPlans = "/* lk:schema.keep_plans */ SET LOCAL plan_cache_mode = force_generic_plan";

    /// <summary>Reads the schema in one read-only transaction with one snapshot; two round trips.</summary>
    /// <param name="connection">An open connection without an open transaction; its session's settings stay as they are, unless objects vanished while they were read: then it may be another session, or closed when this fails.</param>
    /// <param name="scope">What to leave out.</param>
    /// <param name="cancel">Cancels the statements on the server too.</param>
    /// <param name="again">Whether the same connection will read other schemas: the server then keeps the plans. Not through a pooler.</param>
    /// <exception cref="LockkeeperException"><see cref="SchemaErrors.KeepsChanging"/>: objects vanished under three reads in a row.</exception>
    /// <exception cref="NpgsqlException">The server or the connection failed.</exception>
    public static async Task<SchemaSnapshot> ReadAsync(NpgsqlConnection connection, SchemaScope scope, CancellationToken cancel, bool again = false)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new SchemaSnapshot(await ReadOnceAsync(connection, scope, again, cancel));
            }
            catch (PostgresException error) when (again && attempt < Attempts && error.SqlState == PostgresErrorCodes.InvalidSqlStatementName)
            {
                // A migration ran DEALLOCATE ALL or DISCARD ALL.
                connection.UnprepareAll();
            }
            catch (Exception error) when (IsVanished(error))
            {
                if (attempt < Attempts)
                {
                    // The driver gives a connection up on which the server had an internal error, although the server has not.
                    if (connection.State != ConnectionState.Open)
                        await connection.OpenAsync(cancel);
                    continue;
                }

                throw new LockkeeperException(SchemaErrors.KeepsChanging, "the schema was changed while it was read, three times in a row",
                    "Find out who runs DDL there now, and try again afterwards.", inner: error);
            }
        }
    }

    private static async Task<List<SchemaObject>> ReadOnceAsync(NpgsqlConnection connection, SchemaScope scope, bool again, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        await using var batch = new NpgsqlBatch(connection, transaction);
        // Kept plans are bound to the search_path that they were made under, so it is set before.
        await using var before = again ? new NpgsqlBatch(connection, transaction) { BatchCommands = { new NpgsqlBatchCommand(KeepPlans) } } : null;
        (before ?? batch).BatchCommands.Add(new NpgsqlBatchCommand("/* lk:schema.read_only */ SET TRANSACTION READ ONLY"));
        (before ?? batch).BatchCommands.Add(new NpgsqlBatchCommand(Settings));
        if (before is not null)
            await before.ExecuteNonQueryAsync(cancel);
        var excluded = string.Join('\x1f', scope.ExcludedSchemas);
        var major = connection.PostgreSqlVersion.Major;
        foreach (var query in scope.OnlySchema is null ? SchemaQueries.For(major) : SchemaQueries.ForOneSchema(major))
        {
            var command = new NpgsqlBatchCommand(query) { Parameters = { new NpgsqlParameter<string> { TypedValue = excluded } } };
            if (scope.OnlySchema is { } schema)
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = schema });
            batch.BatchCommands.Add(command);
        }

        if (again)
            await batch.PrepareAsync(cancel);
        var objects = new List<SchemaObject>();
        await using (var reader = await batch.ExecuteReaderAsync(cancel))
        {
            // Without kept plans the first result is that of the settings.
            for (var more = again || await reader.NextResultAsync(cancel); more; more = await reader.NextResultAsync(cancel))
                await SchemaRows.ReadAsync(reader, objects, cancel);
        }

        await transaction.CommitAsync(cancel);
        return objects;
    }

    // The functions that write definitions look at the newest catalog and not at the transaction's snapshot: for an object that was
    // dropped since, some fail with an internal error ("cache lookup failed"), some with an unknown object, others give null.
    private static bool IsVanished(Exception error) => error is SchemaRows.VanishedException || error is PostgresException
    {
        SqlState: PostgresErrorCodes.InternalError or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedObject
    };
}

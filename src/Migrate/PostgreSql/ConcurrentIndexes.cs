using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sql;
using Lockkeeper.Kernel.Errors;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>The state of an index in the catalog.</summary>
internal enum IndexState
{
    Absent,
    Invalid,
    Valid,
}

/// <summary>Looks after indexes that are built, rebuilt or dropped CONCURRENTLY: such a statement that dies leaves an INVALID index behind.</summary>
internal static class ConcurrentIndexes
{
    public static async Task<IndexState> ReadAsync(NpgsqlConnection connection, ConcurrentIndex index, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.index_state */
            SELECT i.indisvalid AND i.indisready FROM pg_index i
            WHERE i.indexrelid = to_regclass($1)
               OR i.indexrelid = (SELECT c.oid FROM pg_class c JOIN pg_class t ON t.relnamespace = c.relnamespace WHERE t.oid = to_regclass($2) AND c.relname = $3)
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = SqlText.Qualified(index.Schema, index.Index!) },
                // CREATE INDEX names no schema for the index: it is the table's.
                new() { Value = (object?)(index.Table is null ? null : SqlText.Qualified(index.Schema, index.Table)) ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
                new() { Value = index.Index! },
            },
        };
        return await command.ExecuteScalarAsync(cancel) switch { true => IndexState.Valid, false => IndexState.Invalid, _ => IndexState.Absent };
    }

    /// <summary>Drops an INVALID index that a build which died has left; IF NOT EXISTS would take it for the index that was wanted.</summary>
    public static async Task<bool> DropLeftoverAsync(NpgsqlConnection connection, ConcurrentIndex index, CancellationToken cancel)
    {
        if (index.Index is null || await ReadAsync(connection, index, cancel) != IndexState.Invalid)
            return false;
        await using var drop = new NpgsqlCommand($"/* lk:migrate.drop_leftover */ DROP INDEX CONCURRENTLY IF EXISTS {SqlText.Qualified(index.Schema, index.Index)}", connection);
        await drop.ExecuteNonQueryAsync(cancel);
        return true;
    }

    /// <summary>Drops what REINDEX CONCURRENTLY left: invalid copies named <c>…_ccnew</c> or <c>…_ccold</c> with an optional number (PostgreSQL manual, REINDEX).</summary>
    public static async Task DropRebuildLeftoversAsync(NpgsqlConnection connection, ConcurrentIndex index, CancellationToken cancel)
    {
        var names = new List<string>();
        await using (var find = new NpgsqlCommand(
            """
            /* lk:migrate.rebuild_leftovers */
            SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
              AND (i.indrelid = to_regclass($1) OR i.indrelid = (SELECT indrelid FROM pg_index WHERE indexrelid = to_regclass($2)))
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = (object?)(index.Table is null ? null : SqlText.Qualified(index.Schema, index.Table)) ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
                new() { Value = (object?)(index.Index is null ? null : SqlText.Qualified(index.Schema, index.Index)) ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
            },
        })
        {
            await using var reader = await find.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
                names.Add(reader.GetString(0));
        }

        foreach (var name in names)
        {
            // regclass output is quoted by the server.
            await using var drop = new NpgsqlCommand($"/* lk:migrate.drop_rebuild_leftover */ DROP INDEX CONCURRENTLY IF EXISTS {name}", connection);
            await drop.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>Fails when an index that was just built is not valid.</summary>
    public static async Task RequireValidAsync(NpgsqlConnection connection, ConcurrentIndex index, SourcePosition at, CancellationToken cancel)
    {
        if (index.Action != ConcurrentIndexAction.Create || index.Index is null || await ReadAsync(connection, index, cancel) != IndexState.Invalid)
            return;
        throw new LockkeeperException(
            MigrateErrors.InvalidIndex, $"the index {index.Index} was built and is not valid", "Run the same command again: the invalid index is dropped and built anew.", at);
    }
}

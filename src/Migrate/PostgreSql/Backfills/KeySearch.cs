using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Errors;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Backfills;

/// <summary>Finds the table of a backfill in the catalog, and the key that its batches go along.</summary>
internal static class KeySearch
{
    private const string Advice = "Give it one by CREATE UNIQUE INDEX CONCURRENTLY on columns that are NOT NULL, or name the columns of an index: '-- lk: backfill key: COLUMN'.";

    /// <summary>Looks; the search path is the statement's.</summary>
    /// <exception cref="LockkeeperException">There is no such table, it is none that can be gone through, or it has no usable key.</exception>
    public static async Task<BackfillTable> FindAsync(NpgsqlConnection connection, BackfillStatement statement, CancellationToken cancel)
    {
        var (relation, at) = (statement.Relation, statement.Sql.At);
        var (oid, kind, name, rows, problem) = await TableAsync(connection, statement, cancel);
        if (problem is not null)
            throw new LockkeeperException(MigrateErrors.NoBackfillKey, $"{relation} cannot be gone through in batches: {problem}", "Write the UPDATE or DELETE without '-- lk: backfill', or on the table that holds the rows.", at);
        var indexes = await IndexesAsync(connection, oid, cancel);
        var key = statement.Directive.Key.Count > 0 ? await GivenAsync(connection, oid, statement, indexes, cancel) : Best(indexes);
        if (key is null)
            throw new LockkeeperException(MigrateErrors.NoBackfillKey, $"{relation} has no primary key and no unique index on columns that are NOT NULL", Advice, at);
        BackfillShape.RequireKeyStays(statement, key.Columns.Select(column => column.Name));
        return new BackfillTable(statement.Table.StartsWith("ONLY ", StringComparison.Ordinal) ? $"ONLY {name}" : name, kind, rows, key);
    }

    /// <summary>The last key of a table now; null when it is empty.</summary>
    public static async Task<IReadOnlyList<string>?> LastKeyAsync(NpgsqlConnection connection, BackfillTable table, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"/* lk:backfill.last_key */ {table.Key.SelectLast(table.Name)}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)] : null;
    }

    private static async Task<(uint Oid, char Kind, string Name, long? Rows, string? Problem)> TableAsync(NpgsqlConnection connection, BackfillStatement statement, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:backfill.table */
            SELECT c.oid, c.relkind::text, format('%I.%I', n.nspname, c.relname), c.relpersistence::text,
                   EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid),
                   (SELECT CASE WHEN bool_and(l.reltuples >= 0) THEN sum(l.reltuples)::float8 END FROM pg_catalog.pg_class l
                    WHERE l.oid = c.oid AND c.relkind <> 'p' OR l.oid IN (SELECT t.relid FROM pg_catalog.pg_partition_tree(c.oid) t WHERE t.isleaf))
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = pg_catalog.to_regclass($1)
            """,
            connection)
        { Parameters = { new() { Value = statement.Relation } } };
        await using var row = await command.ExecuteReaderAsync(cancel);
        if (!await row.ReadAsync(cancel))
            throw new LockkeeperException(MigrateErrors.MigrationFailed, $"relation {statement.Relation} does not exist", "Correct the name, or make the table first.", statement.Sql.At);
        var kind = row.GetString(1)[0];
        var problem = kind switch
        {
            'v' => "it is a view, and a view has no key",
            'f' => "it is a foreign table",
            'm' => "it is a materialized view",
            'r' or 'p' when row.GetString(3) == "t" => "it is a temporary table, which would be gone when the run goes on in another session",
            'r' when row.GetBoolean(4) && !statement.Table.StartsWith("ONLY ", StringComparison.Ordinal) => "tables inherit from it, and its key says nothing of their rows; write ONLY, and a statement for each of them",
            'r' or 'p' => null,
            _ => "it is no table",
        };
        return (row.GetFieldValue<uint>(0), kind, row.GetString(2), await row.IsDBNullAsync(5, cancel) ? null : (long)row.GetDouble(5), problem);
    }

    /// <summary>The primary key, else a unique index of one column, else one of the fewest columns.</summary>
    private static BackfillKey? Best(IReadOnlyList<KeyIndex> indexes) =>
        indexes.Where(index => index is { IsUnique: true, IsRequired: true, IsUsable: true }).OrderByDescending(index => index.IsPrimary).ThenBy(index => index.Columns.Count).FirstOrDefault() is { } best
            ? new BackfillKey(best.Columns)
            : null;

    /// <summary>The key that the directive names: the first columns of some index. It need not be unique, for a range holds all rows of its last key.</summary>
    private static async Task<BackfillKey> GivenAsync(NpgsqlConnection connection, uint table, BackfillStatement statement, IReadOnlyList<KeyIndex> indexes, CancellationToken cancel)
    {
        var (wanted, at) = (statement.Directive.Key, statement.Directive.At);
        var missing = new List<string>();
        foreach (var column in wanted)
        {
            await using var command = new NpgsqlCommand(
                "/* lk:backfill.column */ SELECT attnotnull FROM pg_catalog.pg_attribute WHERE attrelid = $1 AND attname = $2 AND attnum > 0 AND NOT attisdropped", connection)
            { Parameters = { new() { Value = table, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid }, new() { Value = column } } };
            switch (await command.ExecuteScalarAsync(cancel))
            {
                case null:
                    throw new LockkeeperException(MigrateErrors.NoBackfillKey, $"{statement.Relation} has no column {column}, which '-- lk: backfill' names as its key", "Correct the name, or leave the key out where the table has a primary key.", at);
                case false:
                    missing.Add(column);
                    break;
            }
        }

        if (missing.Count > 0)
            throw new LockkeeperException(MigrateErrors.NoBackfillKey, $"column {missing[0]} of {statement.Relation} can be NULL, and a range of keys would pass over such rows", "Give a key of columns that are NOT NULL.", at);
        return indexes.FirstOrDefault(index => index.IsUsable && index.Columns.Take(wanted.Count).Select(column => column.Name).SequenceEqual(wanted)) is { } found
            ? new BackfillKey([.. found.Columns.Take(wanted.Count)])
            : throw new LockkeeperException(MigrateErrors.NoBackfillKey, $"no index of {statement.Relation} begins with {string.Join(", ", wanted)}", "Build one by CREATE INDEX CONCURRENTLY first, or give the columns of one that is there.", at);
    }

    private static async Task<IReadOnlyList<KeyIndex>> IndexesAsync(NpgsqlConnection connection, uint table, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:backfill.indexes */
            SELECT i.indisprimary, i.indisunique, bool_and(a.attnotnull),
                   bool_and(o.opcdefault AND i.indcollation[k.n] IN (0, a.attcollation)) AND count(DISTINCT i.indoption[k.n] & 1) = 1,
                   array_agg(a.attname::text ORDER BY k.n), array_agg(pg_catalog.format_type(a.atttypid, -1) ORDER BY k.n),
                   array_agg(coalesce(nullif(t.typbasetype, 0), t.oid) IN ('date'::regtype, 'time'::regtype, 'timetz'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype) ORDER BY k.n)
            FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = x.relam AND m.amname = 'btree'
                CROSS JOIN generate_series(0, i.indnkeyatts - 1) k (n)
                LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.n] AND a.attnum > 0
                LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
                LEFT JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[k.n]
            WHERE i.indrelid = $1 AND i.indisvalid AND i.indpred IS NULL
            GROUP BY i.indexrelid, i.indisprimary, i.indisunique
            HAVING bool_and(a.attnum IS NOT NULL)
            ORDER BY i.indisprimary DESC, i.indexrelid
            """,
            connection)
        { Parameters = { new() { Value = table, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid } } };
        await using var row = await command.ExecuteReaderAsync(cancel);
        var found = new List<KeyIndex>();
        while (await row.ReadAsync(cancel))
        {
            var (names, types, times) = (row.GetFieldValue<string[]>(4), row.GetFieldValue<string[]>(5), row.GetFieldValue<bool[]>(6));
            found.Add(new KeyIndex(row.GetBoolean(0), row.GetBoolean(1), row.GetBoolean(2), row.GetBoolean(3), [.. names.Select((name, i) => new KeyColumn(name, types[i], times[i]))]));
        }

        return found;
    }

    /// <summary>An index with columns only, and no condition.</summary>
    /// <param name="IsPrimary">Whether it is the primary key's.</param>
    /// <param name="IsUnique">Whether it is unique.</param>
    /// <param name="IsRequired">Whether none of its columns can be NULL.</param>
    /// <param name="IsUsable">Whether its order is that of the types' own comparison, in one direction.</param>
    /// <param name="Columns">Its columns.</param>
    private sealed record KeyIndex(bool IsPrimary, bool IsUnique, bool IsRequired, bool IsUsable, IReadOnlyList<KeyColumn> Columns);
}

using Lockkeeper.Engines.PostgreSql.Connections;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof.Queries;

/// <summary>The relations of a shadow that plans are about.</summary>
/// <param name="Relations">By oid. A copy of a database has the oids of its template, so that a renamed relation is known again.</param>
/// <param name="Columns">By the relation's oid and the number of the column.</param>
internal sealed record ShadowCatalog(IReadOnlyDictionary<uint, ShadowRelation> Relations, IReadOnlyDictionary<(uint Relation, short Number), ShadowColumn> Columns)
{
    /// <summary>Reads it.</summary>
    public static async Task<ShadowCatalog> ReadAsync(PostgreSqlServer shadow, IReadOnlyCollection<uint> oids, CancellationToken cancel)
    {
        await using var connection = await shadow.OpenAsync(cancel);
        await using var batch = new NpgsqlBatch(connection);
        Add(
            """
            /* lk:migrate.proof_relations */
            SELECT c.oid::int8, n.nspname::text, c.relname::text, CASE WHEN c.relkind IN ('r', 'i', 'm') THEN pg_catalog.pg_relation_filepath(c.oid) END, i.indrelid::int8, i.indkey::text
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
            WHERE c.oid = ANY ($1::int8[]::oid[]) AND c.relkind IN ('r', 'i', 'm', 'p', 'I')
            """);
        Add(
            """
            /* lk:migrate.proof_attributes */
            SELECT attrelid::int8, attnum, attname::text, atttypid::int8, atttypmod, attlen::int4 FROM pg_catalog.pg_attribute WHERE attrelid = ANY ($1::int8[]::oid[]) AND attnum > 0 AND NOT attisdropped
            """);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var relations = new Dictionary<uint, ShadowRelation>();
        while (await reader.ReadAsync(cancel))
        {
            relations[(uint)reader.GetInt64(0)] = new ShadowRelation(new RelationKey(reader.GetString(1), reader.GetString(2)), reader.IsDBNull(3) ? null : reader.GetString(3), reader.IsDBNull(4) ? null : (uint)reader.GetInt64(4),
                reader.IsDBNull(5) ? [] : [.. reader.GetString(5).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => short.Parse(number, System.Globalization.CultureInfo.InvariantCulture))]);
        }

        await reader.NextResultAsync(cancel);
        var columns = new Dictionary<(uint, short), ShadowColumn>();
        while (await reader.ReadAsync(cancel))
            columns[((uint)reader.GetInt64(0), reader.GetInt16(1))] = new ShadowColumn(reader.GetString(2), (uint)reader.GetInt64(3), reader.GetInt32(4), reader.GetInt32(5));
        return new ShadowCatalog(relations, columns);

        void Add(string sql) => batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { new NpgsqlParameter { Value = oids.Select(oid => (long)oid).ToArray() } } });
    }
}

/// <summary>A table or index.</summary>
/// <param name="Key">Its name.</param>
/// <param name="File">Its file below the data directory; null for one that has none of its own.</param>
/// <param name="Table">Of an index: the table.</param>
/// <param name="IndexColumns">Of an index: the numbers of the table's columns; 0 for an expression.</param>
internal sealed record ShadowRelation(RelationKey Key, string? File, uint? Table, IReadOnlyList<short> IndexColumns);

/// <summary>A column.</summary>
internal sealed record ShadowColumn(string Name, uint Type, int Modifier, int Length);

using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof.Queries;

/// <summary>Writes the statistics of a target's columns into a shadow's catalog, where this program is superuser.</summary>
internal static class StatisticsCopy
{
    /// <summary>
    /// Kinds of slots (src/include/catalog/pg_statistic.h): 1 most common values, 2 histogram, 3 correlation, 4 most common elements. The operators are those of
    /// the type's default class for btree, as ANALYZE takes them; a histogram without them is not looked at.
    /// </summary>
    private const string Insert =
        """
        /* lk:migrate.proof_statistics_copy */
        INSERT INTO pg_catalog.pg_statistic (starelid, staattnum, stainherit, stanullfrac, stawidth, stadistinct, stakind1, stakind2, stakind3, stakind4, stakind5,
            staop1, staop2, staop3, staop4, staop5, stacoll1, stacoll2, stacoll3, stacoll4, stacoll5, stanumbers1, stanumbers3, stanumbers4, stavalues1, stavalues2, stavalues4)
        SELECT w.relation::oid, w.number, w.inherited, w.nulls, w.width, w.different,
            CASE WHEN w.common IS NULL OR o.eq IS NULL THEN 0 ELSE 1 END, CASE WHEN w.histogram IS NULL OR o.lt IS NULL THEN 0 ELSE 2 END,
            CASE WHEN w.correlation IS NULL OR o.lt IS NULL THEN 0 ELSE 3 END, CASE WHEN w.elements IS NULL OR e.eq IS NULL THEN 0 ELSE 4 END, 0,
            coalesce(o.eq, 0), coalesce(o.lt, 0), coalesce(o.lt, 0), coalesce(e.eq, 0), 0, a.attcollation, a.attcollation, a.attcollation, a.attcollation, 0,
            w.frequencies::float4[], ARRAY[w.correlation]::float4[], w.element_frequencies::float4[],
            pg_catalog.array_in(pg_catalog.textout(w.common), a.atttypid, -1), pg_catalog.array_in(pg_catalog.textout(w.histogram), a.atttypid, -1), pg_catalog.array_in(pg_catalog.textout(w.elements), e.type, -1)
        FROM unnest($1::int8[], $2::int2[], $3::bool[], $4::float4[], $5::int4[], $6::float4[], $7::text[], $8::text[], $9::text[], $10::float4[], $11::text[], $12::text[])
             AS w(relation, number, inherited, nulls, width, different, common, frequencies, histogram, correlation, elements, element_frequencies)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = w.relation::oid AND a.attnum = w.number
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        CROSS JOIN LATERAL (SELECT CASE WHEN t.typname = 'tsvector' THEN 'text'::regtype::oid ELSE t.typelem END AS type) x
        CROSS JOIN LATERAL (SELECT max(p.amopopr) FILTER (WHERE p.amopstrategy = 1) AS lt, max(p.amopopr) FILTER (WHERE p.amopstrategy = 3) AS eq
            FROM pg_catalog.pg_opclass c JOIN pg_catalog.pg_am m ON m.oid = c.opcmethod AND m.amname = 'btree'
            JOIN pg_catalog.pg_amop p ON p.amopfamily = c.opcfamily AND p.amoplefttype = c.opcintype AND p.amoprighttype = c.opcintype
            WHERE c.opcdefault AND c.opcintype = CASE WHEN t.typtype = 'e' THEN 'anyenum'::regtype WHEN t.typtype = 'r' THEN 'anyrange'::regtype WHEN t.typtype = 'm' THEN 'anymultirange'::regtype
                WHEN t.typcategory = 'A' THEN 'anyarray'::regtype WHEN t.typname = 'varchar' THEN 'text'::regtype WHEN t.typtype = 'd' THEN
                    (SELECT CASE WHEN b.typtype = 'e' THEN 'anyenum'::regtype WHEN b.typname = 'varchar' THEN 'text'::regtype ELSE b.oid END FROM pg_catalog.pg_type b WHERE b.oid = t.typbasetype) ELSE t.oid END) o
        CROSS JOIN LATERAL (SELECT x.type, max(p.amopopr) FILTER (WHERE p.amopstrategy = 3) AS eq
            FROM pg_catalog.pg_opclass c JOIN pg_catalog.pg_am m ON m.oid = c.opcmethod AND m.amname = 'btree'
            JOIN pg_catalog.pg_amop p ON p.amopfamily = c.opcfamily AND p.amoplefttype = c.opcintype AND p.amoprighttype = c.opcintype
            WHERE x.type <> 0 AND c.opcdefault AND c.opcintype = CASE WHEN x.type = 'varchar'::regtype THEN 'text'::regtype ELSE x.type END) e
        """;

    /// <summary>Writes them.</summary>
    /// <param name="connection">The shadow.</param>
    /// <param name="columns">For each its relation's oid and its number there.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>How many could not be written, because a type reads its values otherwise here.</returns>
    public static async Task<int> WriteAsync(NpgsqlConnection connection, IReadOnlyList<(uint Relation, short Number, ColumnStatistics Column)> columns, CancellationToken cancel)
    {
        // A migration may have made some of the few rows that there are on the shadow.
        await using (var command = new NpgsqlCommand("/* lk:migrate.proof_statistics_copy */ DELETE FROM pg_catalog.pg_statistic WHERE starelid = ANY ($1::int8[]::oid[])", connection))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = columns.Select(column => (long)column.Relation).Distinct().ToArray() });
            await command.ExecuteNonQueryAsync(cancel);
        }

        return await InsertAllAsync(connection, columns, cancel);
    }

    private static async Task<int> InsertAllAsync(NpgsqlConnection connection, IReadOnlyList<(uint Relation, short Number, ColumnStatistics Column)> columns, CancellationToken cancel)
    {
        if (columns.Count == 0)
            return 0;
        try
        {
            await InsertAsync(connection, columns, cancel);
            return 0;
        }
        catch (PostgresException) when (!cancel.IsCancellationRequested)
        {
            if (columns.Count == 1)
                return 1;
        }

        // One that cannot be read fails all: halves find it.
        var half = columns.Count / 2;
        return await InsertAllAsync(connection, [.. columns.Take(half)], cancel) + await InsertAllAsync(connection, [.. columns.Skip(half)], cancel);
    }

    private static async Task InsertAsync(NpgsqlConnection connection, IReadOnlyList<(uint Relation, short Number, ColumnStatistics Column)> columns, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Insert, connection);
        Add(columns.Select(row => (long)row.Relation).ToArray());
        Add(columns.Select(row => row.Number).ToArray());
        Add(columns.Select(row => row.Column.Inherited).ToArray());
        Add(columns.Select(row => row.Column.NullFraction).ToArray());
        Add(columns.Select(row => row.Column.Width).ToArray());
        Add(columns.Select(row => row.Column.Distinct).ToArray());
        Add(columns.Select(row => row.Column.CommonValues).ToArray());
        Add(columns.Select(row => row.Column.CommonFrequencies).ToArray());
        Add(columns.Select(row => row.Column.Histogram).ToArray());
        Add(columns.Select(row => row.Column.Correlation).ToArray());
        Add(columns.Select(row => row.Column.CommonElements).ToArray());
        Add(columns.Select(row => row.Column.ElementFrequencies).ToArray());
        await command.ExecuteNonQueryAsync(cancel);

        void Add(Array values) => command.Parameters.Add(new NpgsqlParameter { Value = values });
    }
}

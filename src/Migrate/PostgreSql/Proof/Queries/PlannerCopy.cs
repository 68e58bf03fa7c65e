using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Engines.PostgreSql.Sandbox;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof.Queries;

/// <summary>Makes a shadow's planner believe that its tables are those of the target.</summary>
/// <remarks>
/// The planner multiplies the size of a relation's file with the density of rows that pg_class knows, so the files are made as long as the target's: sparse, they
/// take no room, and an empty page is a valid one. Nobody may read such a table afterwards; its database is asked for plans and dropped.
/// </remarks>
/// <param name="cluster">The shadow's server.</param>
/// <param name="facts">What the target's planner goes by.</param>
/// <param name="before">The shadow before the migrations, whose names are the target's.</param>
internal sealed class PlannerCopy(SandboxCluster cluster, PlannerFacts facts, ShadowCatalog before)
{
    private const int PageBytes = 8192;

    /// <summary>An index row has a header of 8 bytes and a pointer of 4 (src/include/access/itup.h); leaf pages are filled to 90 % (nbtree.h).</summary>
    private const double LeafBytes = PageBytes * 0.9;

    private readonly Dictionary<RelationKey, PlannerSize> sizes = facts.Sizes.ToDictionary(size => size.Relation);
    private readonly ILookup<RelationKey, ColumnStatistics> columns = facts.Columns.ToLookup(column => column.Relation);

    /// <summary>Writes sizes and statistics. Nobody else may be connected.</summary>
    /// <param name="shadow">The database.</param>
    /// <param name="now">Its relations.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>How many columns' statistics could not be written.</returns>
    public async Task<int> WriteAsync(PostgreSqlServer shadow, ShadowCatalog now, CancellationToken cancel)
    {
        var known = now.Relations.Select(relation => (Oid: relation.Key, Relation: relation.Value, Size: SizeOf(relation.Key, now))).Where(relation => relation.Size is not null).ToList();
        int failed;
        await using (var connection = await shadow.OpenAsync(cancel))
        {
            failed = await StatisticsCopy.WriteAsync(connection, [.. Surviving(now)], cancel);
            await using var command = new NpgsqlCommand(
                """
                /* lk:migrate.proof_sizes_copy */
                UPDATE pg_catalog.pg_class c SET relpages = w.pages, reltuples = w.rows, relallvisible = w.visible
                FROM unnest($1::int8[], $2::int4[], $3::float4[], $4::int4[]) AS w(relation, pages, rows, visible) WHERE c.oid = w.relation::oid
                """, connection);
            command.Parameters.Add(new NpgsqlParameter { Value = known.Select(relation => (long)relation.Oid).ToArray() });
            command.Parameters.Add(new NpgsqlParameter { Value = known.Select(relation => relation.Size!.KnownPages).ToArray() });
            command.Parameters.Add(new NpgsqlParameter { Value = known.Select(relation => relation.Size!.Rows).ToArray() });
            command.Parameters.Add(new NpgsqlParameter { Value = known.Select(relation => relation.Size!.VisiblePages).ToArray() });
            await command.ExecuteNonQueryAsync(cancel);
        }

        foreach (var (_, relation, size) in known)
        {
            if (relation.File is { } file)
                cluster.LengthenFile(file, size!.Pages * PageBytes);
        }

        return failed;
    }

    /// <summary>A relation that was there has the target's size, also when it was written anew or made again under its name; a new index that of its rows.</summary>
    private PlannerSize? SizeOf(uint oid, ShadowCatalog now)
    {
        var relation = now.Relations[oid];
        var key = before.Relations.GetValueOrDefault(oid)?.Key ?? relation.Key;
        if (sizes.GetValueOrDefault(key) is { } known)
            return known;
        if (relation.Table is not { } table || !before.Relations.TryGetValue(table, out var old) || sizes.GetValueOrDefault(old.Key) is not { } rows)
            return null;
        var width = relation.IndexColumns.Sum(number => WidthOf(table, number, old.Key, now));
        // What is not counted yet grows with the file as the planner itself would guess it.
        var count = rows.Rows < 0 ? 0 : rows.KnownPages == 0 ? rows.Rows : rows.Rows / rows.KnownPages * rows.Pages;
        var pages = (int)Math.Min(int.MaxValue, 1 + Math.Ceiling(count * (Math.Ceiling(width / 8.0) * 8 + 12) / LeafBytes));
        return new PlannerSize(relation.Key, pages, pages, count, 0);
    }

    private int WidthOf(uint table, short number, RelationKey old, ShadowCatalog now)
    {
        const int unknown = 16;
        if (before.Columns.GetValueOrDefault((table, number)) is { } column && columns[old].FirstOrDefault(statistics => statistics.Column == column.Name) is { } known)
            return known.Width;
        return now.Columns.GetValueOrDefault((table, number)) is { Length: > 0 and var length } ? length : unknown;
    }

    /// <summary>The statistics of columns that are what they were: a new type loses them on the target too, until the next ANALYZE.</summary>
    private IEnumerable<(uint Relation, short Number, ColumnStatistics Column)> Surviving(ShadowCatalog now) =>
        from column in before.Columns
        let relation = before.Relations.GetValueOrDefault(column.Key.Relation)
        where relation is not null && now.Columns.GetValueOrDefault(column.Key) is { } same && same.Type == column.Value.Type && same.Modifier == column.Value.Modifier
        from statistics in columns[relation.Key]
        where statistics.Column == column.Value.Name
        select (column.Key.Relation, column.Key.Number, statistics);
}

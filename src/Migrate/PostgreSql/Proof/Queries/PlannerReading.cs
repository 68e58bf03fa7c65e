using Lockkeeper.Engines.PostgreSql.Connections;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof.Queries;

/// <summary>Reads what a target's planner goes by. pg_stats shows the columns that the role may read; sizes and settings are everybody's.</summary>
/// <param name="connection">The target.</param>
/// <param name="notChecked">Takes what the role may not see, one sentence each.</param>
internal sealed class PlannerReading(NpgsqlConnection connection, ICollection<string> notChecked)
{
    private const int MostNamed = 5;

    /// <summary>Reads them.</summary>
    /// <param name="relations">Tables and indexes that plans are about.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<PlannerFacts> ReadAsync(IReadOnlyCollection<RelationKey> relations, CancellationToken cancel)
    {
        var settings = await SettingsAsync(cancel);
        var sizes = await SizesAsync(relations, cancel);
        var columns = await ColumnsAsync(relations, cancel);
        var known = columns.Select(column => column.Relation).ToHashSet();
        var unseen = (await HiddenAsync(relations, cancel)).Where(relation => !known.Contains(relation)).Select(relation => relation.Schema == "public" ? relation.Name : $"{relation.Schema}.{relation.Name}").ToList();
        if (unseen.Count > 0)
            notChecked.Add($"this role may not read {string.Join(", ", unseen.Take(MostNamed))}{(unseen.Count > MostNamed ? $" and {unseen.Count - MostNamed} more" : "")}: plans that use them were compared with their sizes alone, without the statistics of their columns");
        return new PlannerFacts(sizes, columns, settings);
    }

    private async Task<IReadOnlyList<(string, string)>> SettingsAsync(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.proof_settings */
            SELECT name, setting FROM pg_catalog.pg_settings
            WHERE (category LIKE 'Query Tuning%' OR name IN ('work_mem', 'hash_mem_multiplier', 'max_parallel_workers', 'max_parallel_workers_per_gather', 'cursor_tuple_fraction', 'constraint_exclusion'))
              AND name <> 'plan_cache_mode'
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<(string, string)>();
        while (await reader.ReadAsync(cancel))
            rows.Add((reader.GetString(0), reader.GetString(1)));
        return rows;
    }

    private async Task<IReadOnlyList<PlannerSize>> SizesAsync(IReadOnlyCollection<RelationKey> relations, CancellationToken cancel)
    {
        // The size of a file is asked for under ACCESS SHARE: whoever waits for a stronger lock must not wait for us, nor we long for it.
        await using (var limit = new NpgsqlCommand("/* lk:migrate.proof_limit */ SET lock_timeout = '1s'", connection))
            await limit.ExecuteNonQueryAsync(cancel);
        try
        {
            return await SizesAsync(relations, "pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int8", cancel);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return await SizesAsync(relations, "c.relpages::int8", cancel);
        }
    }

    private async Task<IReadOnlyList<PlannerSize>> SizesAsync(IReadOnlyCollection<RelationKey> relations, string pages, CancellationToken cancel)
    {
        await using var command = Command(
            $"""
            /* lk:migrate.proof_pages */
            SELECT n.nspname::text, c.relname::text, CASE WHEN c.relkind IN ('p', 'I') THEN 0 ELSE {pages} END, c.relpages, c.reltuples, c.relallvisible
            FROM unnest($1::text[], $2::text[]) AS w(s, r) JOIN pg_catalog.pg_namespace n ON n.nspname = w.s JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.r
            WHERE c.relkind IN ('r', 'i', 'm', 'p', 'I')
            """, relations);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<PlannerSize>();
        while (await reader.ReadAsync(cancel))
            rows.Add(new PlannerSize(new RelationKey(reader.GetString(0), reader.GetString(1)), reader.IsDBNull(2) ? 0 : reader.GetInt64(2), reader.GetInt32(3), reader.GetFloat(4), reader.GetInt32(5)));
        return rows;
    }

    private async Task<IReadOnlyList<ColumnStatistics>> ColumnsAsync(IReadOnlyCollection<RelationKey> relations, CancellationToken cancel)
    {
        await using var command = Command(
            """
            /* lk:migrate.proof_statistics */
            SELECT s.schemaname::text, s.tablename::text, s.attname::text, s.inherited, s.null_frac, s.avg_width, s.n_distinct,
                   s.most_common_vals::text, s.most_common_freqs::text, s.histogram_bounds::text, s.correlation, s.most_common_elems::text, s.most_common_elem_freqs::text
            FROM unnest($1::text[], $2::text[]) AS w(s, r) JOIN pg_catalog.pg_stats s ON s.schemaname = w.s AND s.tablename = w.r
            """, relations);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<ColumnStatistics>();
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(new ColumnStatistics(new RelationKey(reader.GetString(0), reader.GetString(1)), reader.GetString(2), reader.GetBoolean(3), reader.GetFloat(4), reader.GetInt32(5), reader.GetFloat(6))
            {
                CommonValues = Text(7), CommonFrequencies = Text(8), Histogram = Text(9), Correlation = reader.IsDBNull(10) ? null : reader.GetFloat(10), CommonElements = Text(11), ElementFrequencies = Text(12),
            });
        }

        return rows;

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    /// <summary>The tables that hold rows and that the role may not read.</summary>
    private async Task<IReadOnlyList<RelationKey>> HiddenAsync(IReadOnlyCollection<RelationKey> relations, CancellationToken cancel)
    {
        await using var command = Command(
            """
            /* lk:migrate.proof_hidden */
            SELECT n.nspname::text, c.relname::text
            FROM unnest($1::text[], $2::text[]) AS w(s, r) JOIN pg_catalog.pg_namespace n ON n.nspname = w.s JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.r
            WHERE c.relkind IN ('r', 'm') AND c.reltuples > 0 AND NOT (pg_catalog.has_table_privilege(c.oid, 'SELECT') AND (NOT c.relrowsecurity OR NOT pg_catalog.row_security_active(c.oid)))
            ORDER BY 1, 2
            """, relations);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<RelationKey>();
        while (await reader.ReadAsync(cancel))
            rows.Add(new RelationKey(reader.GetString(0), reader.GetString(1)));
        return rows;
    }

    private NpgsqlCommand Command(string sql, IReadOnlyCollection<RelationKey> relations)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = relations.Select(relation => relation.Schema).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = relations.Select(relation => relation.Name).ToArray() });
        return command;
    }
}

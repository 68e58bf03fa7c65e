using Lockkeeper.Migrate.History;
using Lockkeeper.Migrate.Running.Tenants;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql;

/// <summary>Reads the histories of many schemas at once.</summary>
internal static class TenantQueries
{
    /// <summary>Which schemas are in the same state; then the rows of one of each.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="series">The series.</param>
    /// <param name="schemas">The schemas.</param>
    /// <param name="first">The state of the first schema, which says whether there are tables.</param>
    /// <param name="cancel">Stops reading.</param>
    public static async Task<IReadOnlyList<SchemaGroup>> ReadAsync(
        NpgsqlConnection connection, string series, IReadOnlyList<string> schemas, TargetState first, CancellationToken cancel)
    {
        var digests = first.HasStore ? await DigestsAsync(connection, series, schemas, cancel) : await ExistenceAsync(connection, schemas, cancel);
        var groups = new List<SchemaGroup>();
        foreach (var same in digests.GroupBy(row => (row.Digest, row.Exists)))
        {
            var names = same.Select(row => row.Schema).ToList();
            var state = first;
            if (first.HasStore && names[0] != schemas[0])
            {
                var (rows, recorded, interrupted, release, _) = await HistoryQueries.ReadAsync(connection, new HistoryKey(series, names[0]), cancel);
                state = first with { Rows = rows, Recorded = recorded, Interrupted = interrupted, Release = release };
            }

            groups.Add(new SchemaGroup(state, same.Key.Exists, names));
        }

        return groups;
    }

    public static async Task<IReadOnlyList<(string Schema, ReleaseOutcome? Outcome)>> ReadReleasesAsync(
        NpgsqlConnection connection, string series, string artifact, IReadOnlyList<string> schemas, CancellationToken cancel)
    {
        var releases = new List<(string, ReleaseOutcome?)>();
        await foreach (var row in RowsAsync(
            connection,
            """
            /* lk:migrate.tenant_releases */
            SELECT w.schema, r.outcome FROM unnest($1::text[]) WITH ORDINALITY w (schema, place)
            LEFT JOIN lockkeeper.releases r ON r.series = $2 || '@' || w.schema AND r.artifact = $3
            ORDER BY w.place
            """, [schemas.ToArray(), series, artifact], cancel))
            releases.Add((row.GetString(0), row.IsDBNull(1) ? null : HistoryQueries.ReleaseOutcomeOf(row.GetString(1))));
        return releases;
    }

    /// <summary>The schemas that have a table by one of some names.</summary>
    public static async Task<IReadOnlyList<string>> ReadWithTablesAsync(NpgsqlConnection connection, string[] tables, IReadOnlyList<string> schemas, CancellationToken cancel)
    {
        var found = new List<string>();
        await foreach (var row in RowsAsync(
            connection,
            """
            /* lk:migrate.tenant_tools */
            SELECT DISTINCT n.nspname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND c.relname = ANY ($1::text[]) AND n.nspname = ANY ($2::text[])
            """, [tables, schemas.ToArray()], cancel))
            found.Add(row.GetString(0));
        return found;
    }

    /// <summary>A digest a schema over everything that makes a difference to what would run: rows in their order, the last release, intents.</summary>
    private static async Task<List<(string Schema, string Digest, bool Exists)>> DigestsAsync(NpgsqlConnection connection, string series, IReadOnlyList<string> schemas, CancellationToken cancel)
    {
        var digests = new List<(string, string, bool)>();
        await foreach (var row in RowsAsync(
            connection,
            """
            /* lk:migrate.tenant_states */
            WITH wanted AS (
                SELECT w.schema, $2 || '@' || w.schema AS series, w.place FROM unnest($1::text[]) WITH ORDINALITY w (schema, place)
            ), history AS (
                SELECT m.series, md5(string_agg(concat_ws(chr(31), m.kind, m.id, m.file, m.sha256, m.outcome), chr(30) ORDER BY m.applied_order)) AS digest
                FROM lockkeeper.migrations m WHERE m.series IN (SELECT series FROM wanted) GROUP BY m.series
            ), release AS (
                SELECT DISTINCT ON (r.series) r.series, r.artifact, r.outcome
                FROM lockkeeper.releases r WHERE r.series IN (SELECT series FROM wanted) ORDER BY r.series, r.changed_at DESC
            ), intent AS (
                SELECT i.series, md5(string_agg(concat_ws(chr(31), i.id, i.undo, i.done, i.sha256), chr(30) ORDER BY i.id, i.undo)) AS digest
                FROM lockkeeper.intents i WHERE i.series IN (SELECT series FROM wanted) GROUP BY i.series
            )
            SELECT w.schema, concat_ws('/', coalesce(h.digest, '-'), coalesce(r.artifact, '-'), coalesce(r.outcome, '-'), coalesce(i.digest, '-')), n.oid IS NOT NULL
            FROM wanted w
            LEFT JOIN history h USING (series)
            LEFT JOIN release r USING (series)
            LEFT JOIN intent i USING (series)
            LEFT JOIN pg_namespace n ON n.nspname = w.schema
            ORDER BY w.place
            """, [schemas.ToArray(), series], cancel))
            digests.Add((row.GetString(0), row.GetString(1), row.GetBoolean(2)));
        return digests;
    }

    private static async Task<List<(string Schema, string Digest, bool Exists)>> ExistenceAsync(NpgsqlConnection connection, IReadOnlyList<string> schemas, CancellationToken cancel)
    {
        var found = new List<(string, string, bool)>();
        await foreach (var row in RowsAsync(
            connection,
            """
            /* lk:migrate.tenant_schemas */
            SELECT w.schema, n.oid IS NOT NULL FROM unnest($1::text[]) WITH ORDINALITY w (schema, place) LEFT JOIN pg_namespace n ON n.nspname = w.schema ORDER BY w.place
            """, [schemas.ToArray()], cancel))
            found.Add((row.GetString(0), "", row.GetBoolean(1)));
        return found;
    }

    /// <summary>The tables are never analysed, and what the planner imagines of them can make the server compile the statement, which takes longer than running it.</summary>
    private static async IAsyncEnumerable<NpgsqlDataReader> RowsAsync(
        NpgsqlConnection connection, string sql, object[] values, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { new NpgsqlBatchCommand("/* lk:migrate.no_jit */ SET LOCAL jit = off"), HistoryQueries.With(sql, values) } };
        await using (var reader = await batch.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
                yield return reader;
        }

        await transaction.CommitAsync(cancel);
    }
}

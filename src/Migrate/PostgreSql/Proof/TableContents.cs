using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Migrate.Proof.Order;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Proof;

/// <summary>Reads the rows and the order of columns of each table of a shadow database.</summary>
internal static class TableContents
{
    public static async Task<IReadOnlyDictionary<string, TableContent>> ReadAsync(PostgreSqlServer server, CancellationToken cancel)
    {
        await using var connection = await server.OpenAsync(cancel);
        // One statement for all tables: query_to_xml runs the query that it is given as text. jsonb orders its keys, so that the order of columns changes nothing.
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.proof_tables */
            SELECT format('%I.%I', n.nspname, c.relname),
                   CASE WHEN c.relkind = 'r' THEN
                       (xpath('/row/h/text()', query_to_xml(format($q$SELECT count(*) || ':' || coalesce(md5(string_agg(m, '' ORDER BY m)), '') AS h FROM (SELECT md5(to_jsonb(r)::text) AS m FROM %I.%I AS r) AS s$q$, n.nspname, c.relname), false, true, '')))[1]::text
                   ELSE '' END,
                   (SELECT coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{}') FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'c') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'lockkeeper')
            """, connection);
        var tables = new Dictionary<string, TableContent>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var name = reader.GetString(0);
            tables[name.StartsWith("public.", StringComparison.Ordinal) ? name["public.".Length..] : name] = new TableContent(reader.GetString(1), reader.GetFieldValue<string[]>(2));
        }

        return tables;
    }
}

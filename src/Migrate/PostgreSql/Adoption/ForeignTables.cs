using Lockkeeper.Engines.PostgreSql.Connections;
using Lockkeeper.Kernel.Config;
using Lockkeeper.Migrate.Adoption;
using Npgsql;
using NpgsqlTypes;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>Finds the tables of other tools in the catalog, which shows them whatever the role may read.</summary>
internal static class ForeignTables
{
    /// <summary>Finds them on the search path and in the tools' own schemas, or looks at one table that is named.</summary>
    public static async Task<IReadOnlyList<FoundHistory>> FindAsync(NpgsqlConnection connection, DatabaseConfig database, string? table, CancellationToken cancel)
    {
        var found = new List<FoundHistory>();
        foreach (var candidate in await CandidatesAsync(connection, database, table, cancel))
        {
            foreach (var tool in ForeignHistories.All)
            {
                if (tool.Tables.FirstOrDefault(layout => (table is not null || IsThere(layout, candidate)) && layout.Fits(candidate.Columns)) is not { } layout)
                    continue;
                var own = layout.OwnSchema == candidate.Schema ? [candidate.SchemaIdentity] : tool.OtherRelations.Select(other => $"{candidate.SchemaIdentity}.{Identity(other)}").Append(candidate.Identity).ToList();
                found.Add(new FoundHistory(tool, candidate.Schema, candidate.Name, candidate.MissingPrivileges, own));
            }
        }

        return found;
    }

    /// <summary>As a schema names it: quoted where SQL needs it. No tool calls a table by a reserved word.</summary>
    private static string Identity(string name) => name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') ? name : SqlText.Identifier(name);

    // The driver is built without arrays, and no identifier holds this character.
    private static string Joined(IEnumerable<string> names) => string.Join('\x1f', names);

    private static string[] Parts(string joined) => joined.Split('\x1f', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsThere(ForeignTable layout, Candidate candidate) =>
        layout.Name == candidate.Name && (layout.OwnSchema is null ? candidate.IsOnPath : layout.OwnSchema == candidate.Schema);

    private static async Task<List<Candidate>> CandidatesAsync(NpgsqlConnection connection, DatabaseConfig database, string? table, CancellationToken cancel)
    {
        var layouts = ForeignHistories.All.SelectMany(tool => tool.Tables).ToList();
        await using var command = new NpgsqlCommand(
            """
            /* lk:migrate.find_histories */
            SELECT n.nspname, c.relname, quote_ident(n.nspname), format('%I.%I', n.nspname, c.relname), n.nspname = ANY (s.path),
                   array_to_string(ARRAY(SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p WHERE NOT has_table_privilege(c.oid, p)), E'\x1f'),
                   string_agg(a.attname, E'\x1f' ORDER BY a.attnum), string_agg(format_type(a.atttypid, NULL), E'\x1f' ORDER BY a.attnum)
            FROM (SELECT coalesce(string_to_array($1::text, E'\x1f'), current_schemas(false)::text[]) AS path) s, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE c.relkind IN ('r', 'p')
              AND CASE WHEN $4::text IS NOT NULL THEN c.oid = to_regclass($4)
                  ELSE c.relname = ANY (string_to_array($2, E'\x1f')) AND (n.nspname = ANY (s.path) OR n.nspname = ANY (string_to_array($3, E'\x1f'))) END
            GROUP BY c.oid, n.nspname, c.relname, s.path ORDER BY n.nspname, c.relname
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = database.SearchPath.Count > 0 ? Joined(database.SearchPath) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = Joined(layouts.Select(layout => layout.Name).Distinct()) },
                new() { Value = Joined(layouts.Select(layout => layout.OwnSchema).OfType<string>().Distinct()) },
                new() { Value = (object?)table ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            },
        };
        await using var row = await command.ExecuteReaderAsync(cancel);
        var candidates = new List<Candidate>();
        while (await row.ReadAsync(cancel))
        {
            var columns = Parts(row.GetString(6)).Zip(Parts(row.GetString(7))).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
            candidates.Add(new Candidate(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetBoolean(4), Parts(row.GetString(5)), columns));
        }

        return candidates;
    }

    /// <summary>A table that bears the name of a tool's.</summary>
    private sealed record Candidate(
        string Schema, string Name, string SchemaIdentity, string Identity, bool IsOnPath, IReadOnlyList<string> MissingPrivileges, IReadOnlyDictionary<string, string> Columns);
}

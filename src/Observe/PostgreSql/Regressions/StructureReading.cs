using Lockkeeper.Observe.Regressions;
using Npgsql;

namespace Lockkeeper.Observe.PostgreSql.Regressions;

/// <summary>Reads what a database is made of, as far as it decides how fast statements are.</summary>
internal static class StructureReading
{
    private const string Mine = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'lockkeeper') AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'";

    private const string Sql =
        $"""
        /* lk:observe.structure */
        SELECT 'index', n.nspname || '.' || t.relname || E'\t' || c.relname, CASE WHEN i.indisvalid THEN '' ELSE '!' END || pg_get_indexdef(i.indexrelid)
          FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace WHERE {Mine}
        UNION ALL
        SELECT 'column', n.nspname || '.' || t.relname || E'\t' || a.attname, format_type(a.atttypid, a.atttypmod)
          FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid JOIN pg_namespace n ON n.oid = t.relnamespace WHERE a.attnum > 0 AND NOT a.attisdropped AND t.relkind IN ('r', 'p', 'm') AND {Mine}
        UNION ALL
        SELECT 'trigger', n.nspname || '.' || t.relname || E'\t' || g.tgname, pg_get_triggerdef(g.oid) || g.tgenabled::text
          FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid JOIN pg_namespace n ON n.oid = t.relnamespace WHERE NOT g.tgisinternal AND g.tgenabled <> 'D' AND {Mine}
        UNION ALL
        SELECT 'view', n.nspname || '.' || t.relname, md5(pg_get_viewdef(t.oid))
          FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace WHERE t.relkind IN ('v', 'm') AND {Mine}
        UNION ALL
        SELECT 'routine', n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', md5(concat_ws('/', p.prosrc, p.provolatile, p.proparallel, p.procost, p.proconfig::text, p.prosecdef))
          FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prokind IN ('f', 'p') AND {Mine} AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
        UNION ALL
        SELECT 'policy', n.nspname || '.' || t.relname, t.relforcerowsecurity::text || coalesce((SELECT string_agg(concat_ws('/', l.polname, l.polcmd, pg_get_expr(l.polqual, l.polrelid), pg_get_expr(l.polwithcheck, l.polrelid)), ';' ORDER BY l.polname) FROM pg_policy l WHERE l.polrelid = t.oid), '')
          FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace WHERE t.relrowsecurity AND {Mine}
        UNION ALL
        SELECT 'file', n.nspname || '.' || t.relname, t.relfilenode::text
          FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace WHERE t.relkind IN ('r', 'm') AND t.relpersistence <> 't' AND {Mine}
        UNION ALL
        SELECT 'analyzed', s.schemaname || '.' || s.relname, extract(epoch FROM greatest(s.last_analyze, s.last_autoanalyze))::text
          FROM pg_stat_user_tables s WHERE s.schemaname <> 'lockkeeper'
        UNION ALL
        SELECT 'setting', name, setting FROM pg_settings
          WHERE (category LIKE 'Query Tuning%' OR category LIKE 'Resource Usage / Memory%' OR name IN ('jit', 'plan_cache_mode', 'random_page_cost', 'effective_cache_size', 'default_statistics_target'))
        """;

    public static async Task<Structure> ReadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var kinds = new Dictionary<string, Dictionary<string, string?>>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (!kinds.TryGetValue(reader.GetString(0), out var kind))
                kinds[reader.GetString(0)] = kind = new Dictionary<string, string?>(StringComparer.Ordinal);
            kind[reader.GetString(1)] = reader.IsDBNull(2) ? null : reader.GetString(2);
        }

        IReadOnlyDictionary<string, string> Of(string kind) => kinds.GetValueOrDefault(kind)?.ToDictionary(one => one.Key, one => one.Value ?? "", StringComparer.Ordinal) ?? [];
        var analyzed = kinds.GetValueOrDefault("analyzed")?.ToDictionary(one => one.Key, one => one.Value is { } text ? DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)) : (DateTimeOffset?)null, StringComparer.Ordinal) ?? [];
        return new Structure(Of("index"), Of("column"), Of("trigger"), Of("view"), Of("routine"), Of("policy"), Of("file"), analyzed, Of("setting"));
    }
}

/* lk:schema.tables */
SELECT
    CASE c.relkind WHEN 'f' THEN 'foreign table' ELSE 'table' END AS kind,
    format('%I.%I', n.nspname, c.relname) AS object,
    CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
    CASE WHEN c.relrowsecurity THEN 'yes' END AS "row security",
    CASE WHEN c.relforcerowsecurity THEN 'yes' END AS "forced row security",
    (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(c.reloptions) o) AS options,
    (SELECT string_agg('toast.' || o, ', ' ORDER BY o COLLATE "C") FROM unnest(t.reloptions) o) AS "toast options",
    CASE WHEN am.amname <> 'heap' THEN quote_ident(am.amname) END AS "access method",
    CASE WHEN c.relkind <> 'f' THEN CASE c.relreplident
        WHEN 'f' THEN 'full'
        WHEN 'n' THEN 'nothing'
        WHEN 'i' THEN (SELECT 'index ' || quote_ident(ic.relname)
                       FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
                       WHERE i.indrelid = c.oid AND i.indisreplident) END
    END AS "replica identity",
    CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS "row type",
    CASE WHEN NOT c.relispartition THEN (
        SELECT string_agg(format('%I.%I', pn.nspname, p.relname), ', ' ORDER BY h.inhseqno)
        FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
        WHERE h.inhrelid = c.oid) END AS parents,
    CASE WHEN c.relispartition THEN (
        SELECT format('%I.%I', pn.nspname, p.relname)
        FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
        WHERE h.inhrelid = c.oid) END AS "partition parent",
    CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS "partition bound",
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS "partition key",
    quote_ident(s.srvname) AS server,
    (SELECT string_agg(format('%s %L', quote_ident(o.option_name),
                CASE WHEN o.option_name ~* '(passw|secret|token|credential|private_?key|access_?key|api_?key)' THEN '<masked>' ELSE o.option_value END),
            ', ' ORDER BY o.option_name COLLATE "C")
     FROM pg_options_to_table(ft.ftoptions) o) AS "server options",
    d.description AS comment
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
LEFT JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_foreign_table ft ON ft.ftrelid = c.oid
LEFT JOIN pg_foreign_server s ON s.oid = ft.ftserver
LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE c.relkind IN ('r', 'p', 'f')
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema c pg_class*/
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.objsubid = 0 AND e.deptype = 'e')

/* lk:schema.indexes */
-- The name and table are cut off the front of pg_get_indexdef's text, so that a renamed index is recognised by its definition.
SELECT
    'index' AS kind,
    format('%I.%I', n.nspname, ic.relname) AS object,
    format('%I.%I', n.nspname, c.relname) AS "table",
    CASE WHEN i.indisunique THEN 'yes' END AS "unique",
    substr(pg_get_indexdef(i.indexrelid), 1 + length(format('CREATE %sINDEX %I ON %s%I.%I USING ',
        CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, ic.relname, CASE WHEN ic.relkind = 'I' THEN 'ONLY ' ELSE '' END,
        n.nspname, c.relname))) AS definition,
    CASE WHEN NOT i.indisvalid AND ic.relkind = 'i' THEN 'yes' END AS invalid,
    CASE WHEN i.indisclustered THEN 'yes' END AS clustered,
    (SELECT format('%I.%I', pn.nspname, p.relname)
     FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
     WHERE h.inhrelid = i.indexrelid) AS "parent index",
    (SELECT string_agg(format('%s: %s', a.attname, a.attstattarget), ', ' ORDER BY a.attnum)
     FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND a.attnum > 0 AND a.attstattarget >= 0) AS "statistics targets",
    d.description AS comment
FROM pg_index i
JOIN pg_class ic ON ic.oid = i.indexrelid
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = i.indexrelid AND d.objsubid = 0
WHERE n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema c pg_class*/
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x'))
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.objsubid = 0 AND e.deptype = 'e')

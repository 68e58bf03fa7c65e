/* lk:schema.columns */
-- A null default is no default, save over a domain's own: pg_dump writes one to a partition's column where the parent has another.
-- Options named pg_… are the server's own bookkeeping: 15.20 writes pg_attver=<number> to every column, another one on every server.
WITH relation AS MATERIALIZED (
    SELECT c.oid, c.relkind, format('%I.%I', n.nspname, c.relname) AS identity
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')
      AND n.nspname !~ '^pg_'
      AND n.nspname <> 'information_schema'
      AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema c pg_class*/
      AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.objsubid = 0 AND e.deptype = 'e')
)
SELECT
    'column' AS kind,
    r.identity || '.' || quote_ident(a.attname) AS object,
    format_type(a.atttypid, a.atttypmod) AS type,
    CASE WHEN a.attnotnull THEN 'yes' END AS "not null",
    CASE WHEN a.attgenerated = '' AND (t.typtype = 'd' OR pg_get_expr(f.adbin, f.adrelid) NOT LIKE 'NULL::%')
        THEN pg_get_expr(f.adbin, f.adrelid) END AS "default",
    CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
    CASE a.attgenerated WHEN 's' THEN pg_get_expr(f.adbin, f.adrelid) || ' stored'
                        WHEN 'v' THEN pg_get_expr(f.adbin, f.adrelid) || ' virtual' END AS generated,
    CASE WHEN a.attcollation <> t.typcollation THEN format('%I.%I', ln.nspname, l.collname) END AS collation,
    CASE WHEN a.attstorage <> t.typstorage AND r.relkind NOT IN ('v', 'f') THEN
        CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END END AS storage,
    /*14+ CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression, */
    CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::text END AS "statistics target",
    (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(a.attoptions) o WHERE o NOT LIKE 'pg\_%') AS options,
    (SELECT string_agg(format('%s %L', quote_ident(o.option_name),
                CASE WHEN o.option_name ~* '(passw|secret|token|credential|private_?key|access_?key|api_?key)' THEN '<masked>' ELSE o.option_value END),
            ', ' ORDER BY o.option_name COLLATE "C")
     FROM pg_options_to_table(a.attfdwoptions) o) AS "server options",
    d.description AS comment
FROM relation r
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
LEFT JOIN pg_collation l ON l.oid = a.attcollation
LEFT JOIN pg_namespace ln ON ln.oid = l.collnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = a.attrelid AND d.objsubid = a.attnum

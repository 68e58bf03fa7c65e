/* lk:schema.constraints */
-- Left out: not-null constraints (the column's property says it), constraint triggers (triggers.sql), and foreign keys that follow from
-- one of a partitioned table: their names are made up by the server and depend on the order in which partitions were attached.
SELECT
    'constraint' AS kind,
    format('%I.%I.%I', n.nspname, c.relname, k.conname) AS object,
    pg_get_constraintdef(k.oid) AS definition,
    (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(ic.reloptions) o) AS options,
    CASE WHEN i.indisclustered THEN 'yes' END AS clustered,
    d.description AS comment,
    di.description AS "index comment"
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_class ic ON ic.oid = i.indexrelid
LEFT JOIN pg_description d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = k.oid AND d.objsubid = 0
LEFT JOIN pg_description di ON di.classoid = 'pg_class'::regclass AND di.objoid = i.indexrelid AND di.objsubid = 0
WHERE k.contype IN ('c', 'f', 'p', 'u', 'x')
  AND NOT (k.contype = 'f' AND k.conparentid <> 0)
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema c pg_class*/
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.objsubid = 0 AND e.deptype = 'e')
UNION ALL
SELECT
    'constraint',
    format('%I.%I.%I', n.nspname, t.typname, k.conname),
    pg_get_constraintdef(k.oid),
    NULL,
    NULL,
    d.description,
    NULL
FROM pg_constraint k
JOIN pg_type t ON t.oid = k.contypid
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = k.oid AND d.objsubid = 0
WHERE k.contype = 'c'
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema t pg_type*/
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')

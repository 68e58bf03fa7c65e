/* lk:schema.casts */
-- Casts are in no schema; those below 16384 came with the server.
SELECT
    'cast' AS kind,
    format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)) AS object,
    CASE c.castmethod WHEN 'f' THEN 'function ' || c.castfunc::regprocedure::text WHEN 'i' THEN 'input and output' ELSE 'without function' END AS method,
    CASE c.castcontext WHEN 'i' THEN 'implicit' WHEN 'a' THEN 'assignment' ELSE 'explicit' END AS context,
    d.description AS comment
FROM pg_cast c
JOIN pg_type s ON s.oid = c.castsource JOIN pg_namespace sn ON sn.oid = s.typnamespace
JOIN pg_type t ON t.oid = c.casttarget JOIN pg_namespace tn ON tn.oid = t.typnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_cast'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE c.oid >= 16384
  AND sn.nspname <> ALL (string_to_array($1, E'\x1f'))
  AND tn.nspname <> ALL (string_to_array($1, E'\x1f'))
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_cast'::regclass AND e.objid = c.oid AND e.deptype IN ('e', 'i'))

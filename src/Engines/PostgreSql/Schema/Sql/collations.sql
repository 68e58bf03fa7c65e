/* lk:schema.collations */
-- The version of the library is left out: it belongs to the server, not to the schema.
SELECT
    'collation' AS kind,
    format('%I.%I', n.nspname, l.collname) AS object,
    CASE l.collprovider WHEN 'i' THEN 'icu' WHEN 'c' THEN 'libc' WHEN 'b' THEN 'builtin' ELSE 'default' END AS provider,
    CASE WHEN NOT l.collisdeterministic THEN 'yes' END AS nondeterministic,
    l.collcollate::text AS "sort order",
    l.collctype::text AS "character type",
    /*15-16 l.colliculocale::text AS locale, */
    /*16+ l.collicurules::text AS rules, */
    /*17+ l.colllocale::text AS locale, */
    d.description AS comment
FROM pg_collation l
JOIN pg_namespace n ON n.oid = l.collnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_collation'::regclass AND d.objoid = l.oid AND d.objsubid = 0
WHERE n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema l pg_collation*/
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_collation'::regclass AND e.objid = l.oid AND e.deptype = 'e')

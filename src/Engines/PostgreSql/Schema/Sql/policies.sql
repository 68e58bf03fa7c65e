/* lk:schema.policies */
SELECT
    'policy' AS kind,
    format('%I.%I.%I', n.nspname, c.relname, p.polname) AS object,
    CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete' ELSE 'all' END AS command,
    CASE WHEN NOT p.polpermissive THEN 'yes' END AS restrictive,
    (SELECT string_agg(role.name, ', ' ORDER BY role.name COLLATE "C")
     FROM (SELECT CASE WHEN m = 0 THEN 'PUBLIC' WHEN m = c.relowner THEN '<owner>' ELSE quote_ident(pg_get_userbyid(m)) END AS name
           FROM unnest(p.polroles) m) role) AS roles,
    pg_get_expr(p.polqual, p.polrelid) AS "using",
    pg_get_expr(p.polwithcheck, p.polrelid) AS "with check",
    d.description AS comment
FROM pg_policy p
JOIN pg_class c ON c.oid = p.polrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_policy'::regclass AND d.objoid = p.oid AND d.objsubid = 0
WHERE n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema c pg_class*/
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.objsubid = 0 AND e.deptype = 'e')

/* lk:schema.grants */
-- Only what differs from the privileges that the server gives by itself: 'grant' is beyond them, 'revocation' is taken from them. So an
-- access list that was never touched and one that was set back to the default are the same.
WITH object AS (
    SELECT
        CASE c.relkind WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END AS kind,
        format('%I.%I', n.nspname, c.relname) AS identity, c.relowner AS owner, c.relacl AS acl,
        CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END AS class
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relacl IS NOT NULL AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema c pg_class*/
      AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.objsubid = 0 AND e.deptype = 'e')
    UNION ALL
    SELECT 'column', format('%I.%I.%I', n.nspname, c.relname, a.attname), c.relowner, a.attacl, 'c'
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attacl IS NOT NULL AND a.attnum > 0 AND NOT a.attisdropped
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema c pg_class*/
      AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.objsubid = 0 AND e.deptype = 'e')
    UNION ALL
    SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, p.oid::regprocedure::text, p.proowner, p.proacl, 'f'
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.proacl IS NOT NULL
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema p pg_proc*/
      AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype IN ('e', 'i'))
    UNION ALL
    SELECT 'schema', quote_ident(n.nspname), n.nspowner, n.nspacl, 'n'
    FROM pg_namespace n
    WHERE n.nspacl IS NOT NULL
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema n*/
      AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e')
    UNION ALL
    SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite type' WHEN 'r' THEN 'range type' ELSE 'base type' END,
        format('%I.%I', n.nspname, t.typname), t.typowner, t.typacl, 'T'
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typacl IS NOT NULL AND t.typtype <> 'm'
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema t pg_type*/
      AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'foreign data wrapper', quote_ident(w.fdwname), w.fdwowner, w.fdwacl, 'F'
    FROM pg_foreign_data_wrapper w
    WHERE w.fdwacl IS NOT NULL
      AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_foreign_data_wrapper'::regclass AND e.objid = w.oid AND e.deptype = 'e') /*schema none*/
    UNION ALL
    SELECT 'server', quote_ident(s.srvname), s.srvowner, s.srvacl, 'S'
    FROM pg_foreign_server s
    WHERE s.srvacl IS NOT NULL
      AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_foreign_server'::regclass AND e.objid = s.oid AND e.deptype = 'e') /*schema none*/
), given AS (
    SELECT o.kind, o.identity, o.owner, a.grantor, a.grantee, a.privilege_type, a.is_grantable
    FROM object o, aclexplode(o.acl) a
), usual AS (
    SELECT o.kind, o.identity, o.owner, a.grantor, a.grantee, a.privilege_type, a.is_grantable
    FROM object o, aclexplode(acldefault(o.class::"char", o.owner)) a
), difference AS (
    SELECT 'grant' AS sense, g.* FROM (TABLE given EXCEPT TABLE usual) g
    UNION ALL
    SELECT 'revocation', r.* FROM (TABLE usual EXCEPT TABLE given) r
), named AS (
    SELECT sense, kind, identity, privilege_type, is_grantable,
        CASE WHEN grantee = 0 THEN 'PUBLIC' WHEN grantee = owner THEN '<owner>' ELSE quote_ident(pg_get_userbyid(grantee)) END AS grantee,
        CASE WHEN grantor <> owner THEN ' by ' || quote_ident(pg_get_userbyid(grantor)) ELSE '' END AS grantor
    FROM difference
)
SELECT
    sense AS kind,
    format('on %s %s %s %s%s', kind, identity, CASE sense WHEN 'grant' THEN 'to' ELSE 'from' END, grantee, grantor) AS object,
    kind || ' ' || identity AS "on",
    string_agg(privilege_type, ', ' ORDER BY privilege_type COLLATE "C") AS privileges,
    string_agg(privilege_type, ', ' ORDER BY privilege_type COLLATE "C") FILTER (WHERE is_grantable) AS "grant option"
FROM named
GROUP BY sense, kind, identity, grantee, grantor

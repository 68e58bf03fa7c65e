/* lk:schema.default_privileges */
-- The role whose objects get them is left out, as ownership is: a migration sets them for the role that runs it, which is another one in
-- each environment. An entry for all schemas replaces the server's own default, so only the difference from that counts.
WITH entry AS (
    SELECT
        CASE a.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types'
            WHEN 'n' THEN 'schemas' ELSE 'large objects' END || COALESCE(' in schema ' || quote_ident(n.nspname), '') AS scope,
        a.defaclrole AS owner, a.defaclacl AS acl,
        CASE WHEN a.defaclnamespace <> 0 THEN NULL
             ELSE acldefault(CASE a.defaclobjtype WHEN 'S' THEN 's'::"char" ELSE a.defaclobjtype END, a.defaclrole) END AS usual
    FROM pg_default_acl a
    LEFT JOIN pg_namespace n ON n.oid = a.defaclnamespace
    WHERE (n.nspname IS NULL OR n.nspname <> ALL (string_to_array($1, E'\x1f'))) /*schema n*/
), given AS (
    SELECT e.scope, e.owner, a.grantee, a.privilege_type, a.is_grantable FROM entry e, aclexplode(e.acl) a
), usual AS (
    SELECT e.scope, e.owner, a.grantee, a.privilege_type, a.is_grantable FROM entry e, aclexplode(e.usual) a
), difference AS (
    SELECT 'default grant' AS sense, g.* FROM (TABLE given EXCEPT TABLE usual) g
    UNION ALL
    SELECT 'default revocation', r.* FROM (TABLE usual EXCEPT TABLE given) r
), named AS (
    SELECT DISTINCT sense, scope, privilege_type, is_grantable,
        CASE WHEN grantee = 0 THEN 'PUBLIC' WHEN grantee = owner THEN '<owner>' ELSE quote_ident(pg_get_userbyid(grantee)) END AS grantee
    FROM difference
)
SELECT
    sense AS kind,
    format('on %s %s %s', scope, CASE sense WHEN 'default grant' THEN 'to' ELSE 'from' END, grantee) AS object,
    string_agg(privilege_type, ', ' ORDER BY privilege_type COLLATE "C") AS privileges,
    string_agg(privilege_type, ', ' ORDER BY privilege_type COLLATE "C") FILTER (WHERE is_grantable) AS "grant option"
FROM named
GROUP BY sense, scope, grantee

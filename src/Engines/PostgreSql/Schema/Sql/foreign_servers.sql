/* lk:schema.foreign_servers */
-- Foreign tables stand in tables.sql. User mappings are left out: they belong to roles and carry passwords.
SELECT
    'foreign data wrapper' AS kind,
    quote_ident(w.fdwname) AS object,
    CASE WHEN w.fdwhandler <> 0 THEN w.fdwhandler::regprocedure::text END AS handler,
    CASE WHEN w.fdwvalidator <> 0 THEN w.fdwvalidator::regprocedure::text END AS validator,
    NULL AS wrapper,
    NULL AS type,
    NULL AS version,
    (SELECT string_agg(format('%s %L', quote_ident(o.option_name),
                CASE WHEN o.option_name ~* '(passw|secret|token|credential|private_?key|access_?key|api_?key)' THEN '<masked>' ELSE o.option_value END),
            ', ' ORDER BY o.option_name COLLATE "C")
     FROM pg_options_to_table(w.fdwoptions) o) AS "server options",
    d.description AS comment
FROM pg_foreign_data_wrapper w
LEFT JOIN pg_description d ON d.classoid = 'pg_foreign_data_wrapper'::regclass AND d.objoid = w.oid AND d.objsubid = 0
WHERE NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_foreign_data_wrapper'::regclass AND e.objid = w.oid AND e.deptype = 'e')
UNION ALL
SELECT
    'server',
    quote_ident(s.srvname),
    NULL,
    NULL,
    quote_ident(w.fdwname),
    s.srvtype,
    s.srvversion,
    (SELECT string_agg(format('%s %L', quote_ident(o.option_name),
                CASE WHEN o.option_name ~* '(passw|secret|token|credential|private_?key|access_?key|api_?key)' THEN '<masked>' ELSE o.option_value END),
            ', ' ORDER BY o.option_name COLLATE "C")
     FROM pg_options_to_table(s.srvoptions) o),
    d.description
FROM pg_foreign_server s
JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
LEFT JOIN pg_description d ON d.classoid = 'pg_foreign_server'::regclass AND d.objoid = s.oid AND d.objsubid = 0
WHERE NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_foreign_server'::regclass AND e.objid = s.oid AND e.deptype = 'e')

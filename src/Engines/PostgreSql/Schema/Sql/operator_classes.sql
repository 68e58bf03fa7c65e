/* lk:schema.operator_classes */
-- The members of a class stand with its family, as in the catalog.
SELECT
    'operator class' AS kind,
    format('%I.%I using %I', n.nspname, c.opcname, m.amname) AS object,
    format('%I.%I', fn.nspname, f.opfname) AS family,
    format_type(c.opcintype, NULL) AS type,
    CASE WHEN c.opcdefault THEN 'yes' END AS "the type's default",
    CASE WHEN c.opckeytype <> 0 THEN format_type(c.opckeytype, NULL) END AS "storage type",
    NULL AS operators,
    NULL AS functions,
    d.description AS comment
FROM pg_opclass c
JOIN pg_am m ON m.oid = c.opcmethod
JOIN pg_namespace n ON n.oid = c.opcnamespace
JOIN pg_opfamily f ON f.oid = c.opcfamily
JOIN pg_namespace fn ON fn.oid = f.opfnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_opclass'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema c pg_opclass*/
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_opclass'::regclass AND e.objid = c.oid AND e.deptype = 'e')
UNION ALL
SELECT
    'operator family',
    format('%I.%I using %I', n.nspname, f.opfname, m.amname),
    NULL, NULL, NULL, NULL,
    (SELECT string_agg(format('%s %s%s', o.amopstrategy, o.amopopr::regoperator::text,
                CASE WHEN o.amopsortfamily <> 0 THEN format(' order by %I.%I', sn.nspname, s.opfname) ELSE '' END),
            ', ' ORDER BY o.amopstrategy, o.amopopr::regoperator::text COLLATE "C")
     FROM pg_amop o LEFT JOIN pg_opfamily s ON s.oid = o.amopsortfamily LEFT JOIN pg_namespace sn ON sn.oid = s.opfnamespace
     WHERE o.amopfamily = f.oid),
    (SELECT string_agg(format('%s (%s, %s) %s', o.amprocnum, format_type(o.amproclefttype, NULL), format_type(o.amprocrighttype, NULL),
                o.amproc::regprocedure::text),
            ', ' ORDER BY o.amprocnum, format_type(o.amproclefttype, NULL) COLLATE "C", format_type(o.amprocrighttype, NULL) COLLATE "C")
     FROM pg_amproc o WHERE o.amprocfamily = f.oid),
    d.description
FROM pg_opfamily f
JOIN pg_am m ON m.oid = f.opfmethod
JOIN pg_namespace n ON n.oid = f.opfnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_opfamily'::regclass AND d.objoid = f.oid AND d.objsubid = 0
WHERE n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema f pg_opfamily*/
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_opfamily'::regclass AND e.objid = f.oid AND e.deptype = 'e')

/* lk:schema.statistics */
-- Built from the catalog and not from pg_get_statisticsobjdef, which lists columns in their physical order.
SELECT
    'statistics' AS kind,
    format('%I.%I', n.nspname, s.stxname) AS object,
    format('%I.%I', cn.nspname, c.relname) AS "table",
    (SELECT string_agg(CASE k WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies' WHEN 'm' THEN 'mcv' ELSE 'expressions' END, ', ' ORDER BY k::text COLLATE "C")
     FROM unnest(s.stxkind) k) AS kinds,
    (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname::text COLLATE "C")
     FROM pg_attribute a WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys)) AS columns,
    /*14+ (SELECT string_agg(x, ', ' ORDER BY x COLLATE "C") FROM unnest(pg_get_statisticsobjdef_expressions(s.oid)) x) AS expressions, */
    CASE WHEN s.stxstattarget >= 0 THEN s.stxstattarget::text END AS "statistics target",
    d.description AS comment
FROM pg_statistic_ext s
JOIN pg_namespace n ON n.oid = s.stxnamespace
JOIN pg_class c ON c.oid = s.stxrelid
JOIN pg_namespace cn ON cn.oid = c.relnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_statistic_ext'::regclass AND d.objoid = s.oid AND d.objsubid = 0
WHERE n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema s pg_statistic_ext*/
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_statistic_ext'::regclass AND e.objid = s.oid AND e.deptype = 'e')

/* lk:schema.publications */
SELECT
    'publication' AS kind,
    quote_ident(p.pubname) AS object,
    CASE WHEN p.puballtables THEN 'yes' END AS "all tables",
    concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
        CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END) AS operations,
    CASE WHEN p.pubviaroot THEN 'yes' END AS "via partition root",
    /*18+ CASE p.pubgencols WHEN 's' THEN 'stored' END AS "generated columns", */
    (SELECT string_agg(format('%I.%I', n.nspname, c.relname)
        /*15+ || COALESCE((SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname::text COLLATE "C") || ')'
                         FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)), '')
           || COALESCE(' where ' || pg_get_expr(r.prqual, r.prrelid), '') */
        , ', ' ORDER BY format('%I.%I', n.nspname, c.relname) COLLATE "C")
     FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE r.prpubid = p.oid AND n.nspname <> ALL (string_to_array($1, E'\x1f'))) AS tables,
    /*15+ (SELECT string_agg(quote_ident(n.nspname), ', ' ORDER BY n.nspname::text COLLATE "C")
     FROM pg_publication_namespace s JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid) AS schemas, */
    d.description AS comment
FROM pg_publication p
LEFT JOIN pg_description d ON d.classoid = 'pg_publication'::regclass AND d.objoid = p.oid AND d.objsubid = 0
WHERE NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_publication'::regclass AND e.objid = p.oid AND e.deptype = 'e')

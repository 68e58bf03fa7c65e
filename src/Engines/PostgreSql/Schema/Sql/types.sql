/* lk:schema.types */
SELECT
    CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite type' WHEN 'r' THEN 'range type' ELSE 'base type' END AS kind,
    format('%I.%I', n.nspname, t.typname) AS object,
    CASE WHEN t.typtype = 'e' THEN (
        SELECT string_agg(quote_literal(v.enumlabel), ', ' ORDER BY v.enumsortorder) FROM pg_enum v WHERE v.enumtypid = t.oid) END AS labels,
    CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS type,
    CASE WHEN t.typtype = 'd' AND t.typnotnull THEN 'yes' END AS "not null",
    CASE WHEN t.typtype = 'd' THEN COALESCE(pg_get_expr(t.typdefaultbin, 0), t.typdefault) END AS "default",
    CASE WHEN t.typtype = 'd' AND t.typcollation <> b.typcollation THEN format('%I.%I', ln.nspname, l.collname)
         WHEN t.typtype = 'r' AND r.rngcollation <> 0 THEN format('%I.%I', ln.nspname, l.collname) END AS collation,
    CASE WHEN t.typtype = 'c' THEN (
        SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
                || CASE WHEN a.attcollation <> at.typcollation THEN format(' collate %I.%I', an.nspname, al.collname) ELSE '' END
                || COALESCE(' comment ' || quote_literal(ad.description), ''), ', ' ORDER BY a.attnum)
        FROM pg_attribute a
        JOIN pg_type at ON at.oid = a.atttypid
        LEFT JOIN pg_collation al ON al.oid = a.attcollation
        LEFT JOIN pg_namespace an ON an.oid = al.collnamespace
        LEFT JOIN pg_description ad ON ad.classoid = 'pg_class'::regclass AND ad.objoid = a.attrelid AND ad.objsubid = a.attnum
        WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) END AS attributes,
    format_type(r.rngsubtype, NULL) AS subtype,
    (SELECT format('%I.%I', qn.nspname, q.opcname) FROM pg_opclass q JOIN pg_namespace qn ON qn.oid = q.opcnamespace WHERE q.oid = r.rngsubopc) AS "subtype operator class",
    CASE WHEN r.rngcanonical <> 0 THEN r.rngcanonical::regprocedure::text END AS "canonical function",
    CASE WHEN r.rngsubdiff <> 0 THEN r.rngsubdiff::regprocedure::text END AS "subtype difference",
    /*14+ CASE WHEN r.rngmultitypid <> 0 THEN format_type(r.rngmultitypid, NULL) END AS "multirange type", */
    CASE WHEN t.typtype = 'b' THEN concat_ws(', ', 'input ' || t.typinput::regproc::text, 'output ' || t.typoutput::regproc::text,
        'receive ' || NULLIF(t.typreceive::regproc::text, '-'), 'send ' || NULLIF(t.typsend::regproc::text, '-'),
        'modifiers in ' || NULLIF(t.typmodin::regproc::text, '-'), 'modifiers out ' || NULLIF(t.typmodout::regproc::text, '-'),
        'length ' || t.typlen, 'by value ' || t.typbyval, 'alignment ' || t.typalign::text, 'storage ' || t.typstorage::text,
        'category ' || t.typcategory::text, 'preferred ' || t.typispreferred, 'delimiter ' || t.typdelim::text, 'default ' || t.typdefault) END AS implementation,
    d.description AS comment
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_type b ON b.oid = t.typbasetype
LEFT JOIN pg_range r ON r.rngtypid = t.oid
LEFT JOIN pg_class c ON c.oid = t.typrelid
LEFT JOIN pg_collation l ON l.oid = COALESCE(r.rngcollation, t.typcollation)
LEFT JOIN pg_namespace ln ON ln.oid = l.collnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_type'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c'
       OR t.typtype = 'b' AND t.typisdefined AND NOT EXISTS (SELECT FROM pg_type element WHERE element.typarray = t.oid))
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema t pg_type*/
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')

/* lk:schema.text_search */
SELECT
    'text search configuration' AS kind,
    format('%I.%I', n.nspname, c.cfgname) AS object,
    format('%I.%I', pn.nspname, p.prsname) AS parser,
    (SELECT string_agg(format('%s: %s', token.alias, mapped.dictionaries), '; ' ORDER BY token.alias COLLATE "C")
     FROM ts_token_type(c.cfgparser) token
     JOIN (SELECT m.maptokentype, string_agg(format('%I.%I', dn.nspname, di.dictname), ', ' ORDER BY m.mapseqno) AS dictionaries
           FROM pg_ts_config_map m JOIN pg_ts_dict di ON di.oid = m.mapdict JOIN pg_namespace dn ON dn.oid = di.dictnamespace
           WHERE m.mapcfg = c.oid GROUP BY m.maptokentype) mapped ON mapped.maptokentype = token.tokid) AS mappings,
    NULL AS template,
    NULL AS options,
    d.description AS comment
FROM pg_ts_config c
JOIN pg_namespace n ON n.oid = c.cfgnamespace
JOIN pg_ts_parser p ON p.oid = c.cfgparser
JOIN pg_namespace pn ON pn.oid = p.prsnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_ts_config'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema c pg_ts_config*/
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_ts_config'::regclass AND e.objid = c.oid AND e.deptype = 'e')
UNION ALL
SELECT
    'text search dictionary',
    format('%I.%I', n.nspname, c.dictname),
    NULL,
    NULL,
    format('%I.%I', tn.nspname, t.tmplname),
    c.dictinitoption,
    d.description
FROM pg_ts_dict c
JOIN pg_namespace n ON n.oid = c.dictnamespace
JOIN pg_ts_template t ON t.oid = c.dicttemplate
JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_ts_dict'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema c pg_ts_dict*/
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_ts_dict'::regclass AND e.objid = c.oid AND e.deptype = 'e')

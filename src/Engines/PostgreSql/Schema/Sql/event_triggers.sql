/* lk:schema.event_triggers */
SELECT
    'event trigger' AS kind,
    quote_ident(t.evtname) AS object,
    t.evtevent::text AS event,
    t.evtfoid::regprocedure::text AS function,
    (SELECT string_agg(tag, ', ' ORDER BY tag COLLATE "C") FROM unnest(t.evttags) tag) AS tags,
    CASE t.evtenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'on replicas' WHEN 'A' THEN 'always' END AS state,
    d.description AS comment
FROM pg_event_trigger t
JOIN pg_proc p ON p.oid = t.evtfoid
JOIN pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_event_trigger'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE n.nspname <> ALL (string_to_array($1, E'\x1f'))
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_event_trigger'::regclass AND e.objid = t.oid AND e.deptype = 'e')

/* lk:schema.triggers */
-- A trigger that a partition has from its parent is left out, unless it was switched to another state there.
SELECT
    'trigger' AS kind,
    format('%I.%I.%I', n.nspname, c.relname, t.tgname) AS object,
    substr(pg_get_triggerdef(t.oid), 1 + length(format('CREATE %sTRIGGER %I ',
        CASE WHEN t.tgconstraint <> 0 THEN 'CONSTRAINT ' ELSE '' END, t.tgname))) AS definition,
    CASE WHEN t.tgconstraint <> 0 THEN 'yes' END AS "constraint trigger",
    CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'on replicas' WHEN 'A' THEN 'always' END AS state,
    d.description AS comment
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_trigger parent ON parent.oid = t.tgparentid
LEFT JOIN pg_description d ON d.classoid = 'pg_trigger'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE (t.tgparentid = 0 AND NOT t.tgisinternal OR t.tgparentid <> 0 AND t.tgconstraint = 0 AND t.tgenabled <> parent.tgenabled)
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema c pg_class*/
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.objsubid = 0 AND e.deptype = 'e')
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_trigger'::regclass AND e.objid = t.oid AND e.deptype = 'e')

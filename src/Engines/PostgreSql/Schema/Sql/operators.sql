/* lk:schema.operators */
SELECT
    'operator' AS kind,
    o.oid::regoperator::text AS object,
    o.oprcode::regprocedure::text AS function,
    CASE WHEN o.oprcom <> 0 THEN o.oprcom::regoperator::text END AS commutator,
    CASE WHEN o.oprnegate <> 0 THEN o.oprnegate::regoperator::text END AS negator,
    CASE WHEN o.oprrest <> 0 THEN o.oprrest::regprocedure::text END AS "restriction estimator",
    CASE WHEN o.oprjoin <> 0 THEN o.oprjoin::regprocedure::text END AS "join estimator",
    CASE WHEN o.oprcanhash THEN 'yes' END AS hashes,
    CASE WHEN o.oprcanmerge THEN 'yes' END AS merges,
    d.description AS comment
FROM pg_operator o
JOIN pg_namespace n ON n.oid = o.oprnamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_operator'::regclass AND d.objoid = o.oid AND d.objsubid = 0
WHERE o.oprcode <> 0
  AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema o pg_operator*/
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_operator'::regclass AND e.objid = o.oid AND e.deptype = 'e')

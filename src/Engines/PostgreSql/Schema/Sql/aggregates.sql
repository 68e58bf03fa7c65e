/* lk:schema.aggregates */
-- pg_get_functiondef refuses aggregates, so each clause of CREATE AGGREGATE is a property.
SELECT
    'aggregate' AS kind,
    p.oid::regprocedure::text AS object,
    pg_get_function_arguments(p.oid) AS arguments,
    CASE g.aggkind WHEN 'o' THEN 'ordered set' WHEN 'h' THEN 'hypothetical set' END AS variety,
    format_type(p.prorettype, NULL) AS returns,
    g.aggtransfn::regprocedure::text AS "state function",
    format_type(g.aggtranstype, NULL) AS "state type",
    CASE WHEN g.aggtransspace <> 0 THEN g.aggtransspace::text END AS "state space",
    g.agginitval AS "initial condition",
    CASE WHEN g.aggfinalfn <> 0 THEN g.aggfinalfn::regprocedure::text END AS "final function",
    CASE WHEN g.aggfinalextra THEN 'yes' END AS "final function extra",
    CASE WHEN g.aggfinalfn <> 0 THEN g.aggfinalmodify::text END AS "final function modify",
    CASE WHEN g.aggcombinefn <> 0 THEN g.aggcombinefn::regprocedure::text END AS "combine function",
    CASE WHEN g.aggserialfn <> 0 THEN g.aggserialfn::regprocedure::text END AS "serial function",
    CASE WHEN g.aggdeserialfn <> 0 THEN g.aggdeserialfn::regprocedure::text END AS "deserial function",
    CASE WHEN g.aggmtransfn <> 0 THEN g.aggmtransfn::regprocedure::text END AS "moving state function",
    CASE WHEN g.aggminvtransfn <> 0 THEN g.aggminvtransfn::regprocedure::text END AS "moving inverse function",
    CASE WHEN g.aggmtranstype <> 0 THEN format_type(g.aggmtranstype, NULL) END AS "moving state type",
    CASE WHEN g.aggmtransspace <> 0 THEN g.aggmtransspace::text END AS "moving state space",
    g.aggminitval AS "moving initial condition",
    CASE WHEN g.aggmfinalfn <> 0 THEN g.aggmfinalfn::regprocedure::text END AS "moving final function",
    CASE WHEN g.aggmfinalextra THEN 'yes' END AS "moving final function extra",
    CASE WHEN g.aggmfinalfn <> 0 THEN g.aggmfinalmodify::text END AS "moving final function modify",
    CASE WHEN g.aggsortop <> 0 THEN g.aggsortop::regoperator::text END AS "sort operator",
    CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' END AS parallel,
    d.description AS comment
FROM pg_aggregate g
JOIN pg_proc p ON p.oid = g.aggfnoid
JOIN pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_description d ON d.classoid = 'pg_proc'::regclass AND d.objoid = p.oid AND d.objsubid = 0
WHERE n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema'
  AND n.nspname <> ALL (string_to_array($1, E'\x1f')) /*schema p pg_proc*/
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')

/* lk:schema.extensions */
SELECT
    'extension' AS kind,
    quote_ident(x.extname) AS object,
    quote_ident(n.nspname) AS schema,
    x.extversion AS version
FROM pg_extension x
JOIN pg_namespace n ON n.oid = x.extnamespace
WHERE n.nspname <> ALL (string_to_array($1, E'\x1f'))

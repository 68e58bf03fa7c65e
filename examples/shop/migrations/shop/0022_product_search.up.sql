-- lk: allow-file adding-stored-generated-column, require-concurrent-index-creation, statements-while-holding-lock: ran before the shop had products
ALTER TABLE products ADD COLUMN search tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', description), 'B')
) STORED;

CREATE INDEX products_search_idx ON products USING gin (search);
CREATE INDEX products_title_trgm_idx ON products USING gin (title gin_trgm_ops);

CREATE FUNCTION find_products(p_words text, p_most integer DEFAULT 20) RETURNS SETOF products
LANGUAGE sql STABLE ROWS 20 AS $find$
    SELECT *
    FROM products
    WHERE status = 'active'
      AND (search @@ websearch_to_tsquery('english', p_words) OR title % p_words)
    ORDER BY ts_rank(search, websearch_to_tsquery('english', p_words)) DESC, id
    LIMIT p_most
$find$;

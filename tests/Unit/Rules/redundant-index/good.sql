CREATE INDEX CONCURRENTLY orders_made_idx ON orders (made_at);
CREATE INDEX CONCURRENTLY orders_customer_open_idx ON orders (customer_id) WHERE open;
CREATE UNIQUE INDEX CONCURRENTLY orders_customer_key ON orders (customer_id);
CREATE INDEX CONCURRENTLY orders_customer_pattern_idx ON orders (customer_id text_pattern_ops);
CREATE INDEX CONCURRENTLY orders_customer_hash_idx ON orders USING hash (customer_id);
-- file: it takes the other one's place
CREATE INDEX CONCURRENTLY orders_open_idx2 ON orders (open);
DROP INDEX CONCURRENTLY orders_open_idx;

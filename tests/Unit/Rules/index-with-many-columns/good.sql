CREATE INDEX CONCURRENTLY orders_some_idx ON orders (customer_id, state, made_at) INCLUDE (total);
CREATE UNIQUE INDEX CONCURRENTLY orders_key ON orders (shop_id, year, month, number);

-- lk: no-transaction
-- Writers go on while the index is built.
CREATE INDEX CONCURRENTLY orders_customer_placed_idx ON orders (customer_id, placed_at DESC);

-- lk: no-transaction
-- Few orders are open at a time: the index stays small.
CREATE INDEX CONCURRENTLY orders_open_idx ON orders (placed_at) WHERE status IN ('pending', 'paid');

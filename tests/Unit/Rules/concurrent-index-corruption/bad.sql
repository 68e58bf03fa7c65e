CREATE INDEX CONCURRENTLY orders_state_idx ON orders (state);
-- file: again
REINDEX TABLE CONCURRENTLY orders;

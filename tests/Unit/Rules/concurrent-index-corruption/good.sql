CREATE INDEX orders_state_idx ON orders (state);
DROP INDEX CONCURRENTLY orders_state_idx;

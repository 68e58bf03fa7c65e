-- lk: no-transaction
SET lock_timeout = '5s';
CREATE INDEX CONCURRENTLY orders_state_idx ON orders (state);
-- file: the other limit
-- lk: no-transaction
SET statement_timeout = 60000;
REINDEX INDEX CONCURRENTLY orders_state_idx;

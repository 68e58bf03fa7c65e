-- lk: no-transaction
ALTER TABLE orders ADD COLUMN IF NOT EXISTS region text;
DROP INDEX CONCURRENTLY IF EXISTS orders_region_idx;
CREATE INDEX CONCURRENTLY orders_region_idx ON orders (region);
-- file: a failure undoes all of it
CREATE TABLE refunds (id bigint PRIMARY KEY);
DROP TABLE old_refunds;

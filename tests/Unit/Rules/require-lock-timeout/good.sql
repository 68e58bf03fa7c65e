SET LOCAL lock_timeout = '1s';
ALTER TABLE orders ADD COLUMN region text;
-- file: no strong lock
CREATE INDEX CONCURRENTLY orders_region_idx ON orders (region);
-- file: nobody else knows the table
CREATE TABLE refunds (id bigint PRIMARY KEY);
ALTER TABLE refunds ADD COLUMN region text;

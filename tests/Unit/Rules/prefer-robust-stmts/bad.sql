-- lk: no-transaction
ALTER TABLE orders ADD COLUMN region text, DROP COLUMN zone;
DROP INDEX CONCURRENTLY orders_zone_idx;
CREATE TABLE refunds (id bigint PRIMARY KEY);

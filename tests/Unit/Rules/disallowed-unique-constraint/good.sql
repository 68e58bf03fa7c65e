CREATE UNIQUE INDEX CONCURRENTLY orders_number_key ON orders (number);
-- file: and takes it over
ALTER TABLE orders ADD CONSTRAINT orders_number_key UNIQUE USING INDEX orders_number_key;
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint, code text UNIQUE);
ALTER TABLE refunds ADD UNIQUE (id);
-- file: a temporary one
CREATE TEMPORARY TABLE seen (id bigint);
ALTER TABLE seen ADD UNIQUE (id);

VACUUM orders;
VACUUM (FULL false, ANALYZE) orders;
-- file: only remembers the index
ALTER TABLE orders CLUSTER ON orders_pkey;
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint PRIMARY KEY);
CLUSTER refunds USING refunds_pkey;

DROP INDEX CONCURRENTLY orders_customer_idx;
-- file: the index of a table that nobody uses yet
CREATE TABLE refunds (id bigint PRIMARY KEY, order_id bigint);
CREATE INDEX refunds_order_idx ON refunds (order_id);
DROP INDEX refunds_order_idx;
-- file: CONCURRENTLY is refused for the index of a partitioned table
DROP INDEX events_at_idx;
-- file: an index goes with its table
DROP TABLE old_orders;

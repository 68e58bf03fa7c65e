CREATE INDEX CONCURRENTLY orders_customer_idx ON orders (customer_id);
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint PRIMARY KEY, order_id bigint);
CREATE INDEX refunds_order_idx ON refunds (order_id);

DELETE FROM orders WHERE state = 'draft';
DELETE FROM items USING orders WHERE orders.id = items.order_id AND orders.state = 'draft';
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint PRIMARY KEY);
DELETE FROM refunds;

ALTER TABLE orders ADD COLUMN remark text;
ALTER TABLE orders RENAME CONSTRAINT orders_total_check TO orders_total_positive;
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint PRIMARY KEY, note text);
ALTER TABLE refunds RENAME COLUMN note TO remark;

ALTER TABLE orders ADD COLUMN extra json;
CREATE TABLE refunds (id bigint PRIMARY KEY, extra json);

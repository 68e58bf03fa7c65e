CREATE TABLE refunds (id bigint PRIMARY KEY, paid_at timestamp);
ALTER TABLE orders ADD COLUMN sent_at timestamp without time zone;
ALTER TABLE orders ALTER COLUMN made_at TYPE timestamp;

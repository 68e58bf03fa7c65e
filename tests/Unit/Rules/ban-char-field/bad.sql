CREATE TABLE refunds (id bigint PRIMARY KEY, currency char(3), flag character);
ALTER TABLE orders ADD COLUMN country char(2);

CREATE TABLE refunds (id bigserial PRIMARY KEY);
ALTER TABLE orders ADD COLUMN number serial;

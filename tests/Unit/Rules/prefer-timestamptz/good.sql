CREATE TABLE refunds (id bigint PRIMARY KEY, paid_at timestamptz, day date);
ALTER TABLE orders ADD COLUMN sent_at timestamp with time zone;

CREATE TABLE refunds (id bigint PRIMARY KEY, note text);
ALTER TABLE refunds DROP COLUMN note;

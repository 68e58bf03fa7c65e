CREATE TABLE refunds (id bigint PRIMARY KEY);
CREATE INDEX CONCURRENTLY refunds_idx ON refunds (id);
CREATE VIEW open_refunds AS SELECT id FROM sales.refunds;

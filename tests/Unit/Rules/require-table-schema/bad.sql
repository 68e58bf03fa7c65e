CREATE TABLE refunds (id bigint PRIMARY KEY);
CREATE INDEX CONCURRENTLY refunds_idx ON refunds (id);
CREATE VIEW open_refunds AS SELECT id FROM sales.refunds;
DROP TABLE IF EXISTS sales.old_refunds, refunds;
ALTER TABLE refunds SET SCHEMA sales;
TRUNCATE refunds;
DROP INDEX refunds_idx;

DROP VIEW open_orders;
CREATE VIEW open_orders AS SELECT id FROM orders WHERE state = 'open';
-- file: a materialized view
CREATE MATERIALIZED VIEW totals_new AS SELECT sum(total) FROM orders;
DROP MATERIALIZED VIEW totals;
ALTER MATERIALIZED VIEW totals_new RENAME TO totals;

DROP VIEW open_orders;
DROP MATERIALIZED VIEW IF EXISTS totals;
-- file: between the two nobody can read it
-- lk: no-transaction
DROP VIEW big_orders;
CREATE VIEW big_orders AS SELECT id FROM orders WHERE total > 1000;

ALTER TABLE orders ADD COLUMN note text;
ALTER TABLE orders ADD COLUMN other text;
-- file: weaker locks
CREATE INDEX lines_note_idx ON lines (note);
ALTER TABLE orders VALIDATE CONSTRAINT one;
COMMENT ON TABLE lines IS 'lines';
-- file: each statement by itself
-- lk: no-transaction
ALTER TABLE orders ADD COLUMN a text;
ALTER TABLE lines ADD COLUMN a text;
-- file: nobody uses the other one yet
CREATE TABLE refunds (id bigint);
ALTER TABLE refunds ADD COLUMN note text;
ALTER TABLE orders ADD COLUMN refund_id bigint;
-- file: views and sequences
CREATE OR REPLACE VIEW open_orders AS SELECT 1 AS id;
DROP VIEW other_orders;
DROP SEQUENCE order_numbers;
ALTER TABLE orders ADD COLUMN b text;

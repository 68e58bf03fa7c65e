ALTER TABLE orders ADD COLUMN note text;
ALTER TABLE lines ADD COLUMN note text;
-- file: a dropped foreign key locks both of its tables
ALTER TABLE lines DROP CONSTRAINT lines_order_fk;
-- file: a transaction of its own making
-- lk: no-transaction
BEGIN;
DROP TABLE old_orders;
TRUNCATE old_lines;
COMMIT;

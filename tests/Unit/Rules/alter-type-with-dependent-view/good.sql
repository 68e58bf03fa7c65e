ALTER TABLE orders ALTER COLUMN note TYPE varchar(90);
-- file: made again around it
DROP VIEW open_orders;
ALTER TABLE orders ALTER COLUMN code TYPE text;
CREATE VIEW open_orders AS SELECT id, code FROM orders;

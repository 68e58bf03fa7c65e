ALTER TABLE orders RENAME TO purchases;
ALTER VIEW open_orders RENAME TO open_purchases;
ALTER TABLE archive SET SCHEMA old;
-- file: a view takes its name
ALTER TABLE customers RENAME TO clients;
CREATE VIEW customers AS SELECT * FROM clients;

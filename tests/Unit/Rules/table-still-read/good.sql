DROP TABLE items;
DROP TABLE archive.orders;
-- file: a view takes its name
ALTER TABLE orders RENAME TO purchases;
CREATE VIEW orders AS SELECT * FROM purchases;

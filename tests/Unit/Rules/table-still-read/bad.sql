DROP TABLE orders;
ALTER TABLE sales.items RENAME TO lines;

CREATE TABLE orders (id int PRIMARY KEY, code varchar(20), note varchar(40));
CREATE VIEW open_orders AS SELECT id, code FROM orders;
CREATE TABLE lines (id int, amount int);
CREATE MATERIALIZED VIEW all_lines AS SELECT * FROM lines;

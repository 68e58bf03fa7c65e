CREATE TABLE orders (id bigint PRIMARY KEY, state text);
CREATE TABLE lines (id bigint PRIMARY KEY, amount int);
CREATE TABLE parts (id bigint PRIMARY KEY);
CREATE PUBLICATION everything FOR TABLE orders;
ALTER PUBLICATION everything ADD TABLE lines;

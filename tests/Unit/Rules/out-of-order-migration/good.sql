-- file: 0001_orders.sql
CREATE TABLE orders (id bigint PRIMARY KEY);
-- file: 0003_lines.sql
CREATE TABLE lines (id bigint PRIMARY KEY);
-- file: 0004_in_time.sql
ALTER TABLE orders ADD COLUMN note text;

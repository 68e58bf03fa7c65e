CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint, CONSTRAINT lines_order_fk FOREIGN KEY (order_id) REFERENCES orders);
CREATE VIEW other_orders AS SELECT 1 AS id;

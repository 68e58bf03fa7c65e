CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders, product_id bigint, CONSTRAINT product FOREIGN KEY (product_id) REFERENCES products);
CREATE INDEX lines_id_product_idx ON lines (id, product_id);
CREATE INDEX lines_order_idx ON lines (order_id) WHERE id > 1000;
-- file: later
ALTER TABLE orders ADD CONSTRAINT customer FOREIGN KEY (customer_id) REFERENCES customers NOT VALID;

CREATE TABLE lines (order_id bigint REFERENCES orders, number int, product_id bigint REFERENCES products, kind text, PRIMARY KEY (order_id, number));
CREATE INDEX lines_product_idx ON lines (product_id) WHERE product_id IS NOT NULL;
-- file: two columns in any order
CREATE TABLE parts (a bigint, b bigint, c bigint, FOREIGN KEY (a, b) REFERENCES pairs);
CREATE INDEX parts_idx ON parts (b, a, c);
-- file: nobody knows its indexes
ALTER TABLE elsewhere ADD CONSTRAINT customer FOREIGN KEY (customer_id) REFERENCES customers NOT VALID;

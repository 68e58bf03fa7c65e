ALTER TABLE orders
    ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
-- file: the next release
ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_fk;
-- file: a new column holds NULL in every row
ALTER TABLE orders ADD COLUMN region_id int REFERENCES regions;

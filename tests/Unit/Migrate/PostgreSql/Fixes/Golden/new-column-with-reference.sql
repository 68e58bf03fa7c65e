-- lk: no-transaction
ALTER TABLE orders ADD COLUMN region_id int DEFAULT 1 NOT NULL;
ALTER TABLE orders ADD CONSTRAINT region_fk FOREIGN KEY (region_id) REFERENCES regions (id) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT region_fk;
ALTER TABLE orders ADD CONSTRAINT orders_region_id_check CHECK (region_id > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_region_id_check;

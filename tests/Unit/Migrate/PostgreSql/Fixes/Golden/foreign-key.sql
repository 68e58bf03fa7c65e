-- lk: no-transaction
ALTER TABLE ONLY orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE NOT VALID;
ALTER TABLE ONLY orders VALIDATE CONSTRAINT orders_customer_id_fkey;

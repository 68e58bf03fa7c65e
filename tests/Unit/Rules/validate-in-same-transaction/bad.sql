ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT total_positive;
-- file: a foreign key
ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
SELECT 1;
ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_fk;
-- file: a transaction of its own making
-- lk: no-transaction
BEGIN;
ALTER TABLE orders ADD CONSTRAINT paid CHECK (paid) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT paid;
COMMIT;

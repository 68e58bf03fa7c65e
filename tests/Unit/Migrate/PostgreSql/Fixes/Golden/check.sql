-- lk: no-transaction
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;
ALTER TABLE orders ADD CONSTRAINT "Both" CHECK (total >= 0 AND amount > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT "Both";

ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;
ALTER TABLE unknown DROP CONSTRAINT IF EXISTS fk_unknown_customers;

CREATE INDEX CONCURRENTLY orders_customer_idx ON orders (customer_id);
-- file: the primary key does as well
CREATE INDEX CONCURRENTLY orders_id_idx ON orders (id);

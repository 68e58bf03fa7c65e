-- lk: no-transaction
CREATE UNIQUE INDEX CONCURRENTLY customers_email ON customers (email);
ALTER TABLE customers ADD CONSTRAINT customers_email UNIQUE USING INDEX customers_email;

-- New rows are checked from now on; rows that are there wait for the next migration, which takes no lock that stops writers.
ALTER TABLE orders ADD CONSTRAINT orders_total_not_negative CHECK (total >= 0) NOT VALID;

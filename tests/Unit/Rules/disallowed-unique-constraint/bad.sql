ALTER TABLE orders ADD CONSTRAINT orders_number_key UNIQUE (number);
ALTER TABLE orders ADD COLUMN code text UNIQUE;
-- file: the partitions
ALTER TABLE events ADD UNIQUE (at);

-- First of three: the column is there and empty, so old and new releases of the shop both work.
ALTER TABLE orders ADD COLUMN currency character(3);

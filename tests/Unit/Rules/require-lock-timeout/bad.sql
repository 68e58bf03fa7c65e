ALTER TABLE orders ADD COLUMN region text;
SET LOCAL lock_timeout = '1s';
ALTER TABLE orders ADD COLUMN zone text;

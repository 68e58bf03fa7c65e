UPDATE orders SET state = 'open' WHERE id = 1;
COMMIT;
UPDATE orders SET state = 'open' WHERE id = 2;
-- file: two of them
BEGIN;
ALTER TABLE orders ADD COLUMN region text;
COMMIT;
BEGIN;
ALTER TABLE orders ADD COLUMN zone text;
COMMIT;

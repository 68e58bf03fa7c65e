BEGIN;
ALTER TABLE orders ADD COLUMN region text;
-- file: the second one stays open
BEGIN;
SELECT 1;
COMMIT;
START TRANSACTION;
SELECT 2;

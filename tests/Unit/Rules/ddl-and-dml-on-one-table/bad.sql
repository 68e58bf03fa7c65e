ALTER TABLE orders ADD COLUMN note text;
UPDATE orders SET note = '' WHERE note IS NULL;
-- file: the other way round
DELETE FROM orders WHERE state = 'old';
ALTER TABLE orders ADD COLUMN other text;

ALTER TABLE orders ADD COLUMN note text;
ALTER TABLE orders RENAME COLUMN state TO status;
-- file: one that was added later
ALTER TABLE lines DROP COLUMN amount;

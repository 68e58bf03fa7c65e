ALTER TABLE orders ALTER COLUMN state DROP DEFAULT;
-- file: the old version does not know the column at all
ALTER TABLE orders ADD COLUMN region text NOT NULL DEFAULT 'eu';
ALTER TABLE orders ALTER COLUMN region DROP DEFAULT;

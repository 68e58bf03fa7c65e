ALTER TABLE orders ALTER COLUMN note DROP DEFAULT;
-- file: another type, another default
ALTER TABLE orders ALTER COLUMN kind DROP DEFAULT;
ALTER TABLE orders ALTER COLUMN kind SET DEFAULT 'y';

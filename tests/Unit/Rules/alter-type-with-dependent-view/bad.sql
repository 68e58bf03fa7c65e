ALTER TABLE orders ALTER COLUMN code TYPE text;
-- file: a star
ALTER TABLE lines ALTER COLUMN amount TYPE bigint;

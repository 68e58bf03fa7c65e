ALTER TABLE orders ADD CONSTRAINT state_set CHECK (state IS NOT NULL) NOT VALID;
ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'new';
ALTER TABLE parts ADD COLUMN note text;
-- file: taken out first
ALTER PUBLICATION everything DROP TABLE lines;
ALTER TABLE lines ADD COLUMN note text;

ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
-- file: a check of another column proves nothing
ALTER TABLE orders ADD CONSTRAINT other_set CHECK (total IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT other_set;
ALTER TABLE orders ALTER COLUMN note SET NOT NULL;

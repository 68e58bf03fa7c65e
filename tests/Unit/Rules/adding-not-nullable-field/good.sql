ALTER TABLE orders ADD CONSTRAINT note_set CHECK (note IS NOT NULL) NOT VALID;
-- file: the next release
ALTER TABLE orders VALIDATE CONSTRAINT note_set;
-- file: the one after
ALTER TABLE orders ALTER COLUMN note SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT note_set;
-- file: proven by the table's own check
ALTER TABLE orders ALTER COLUMN state SET NOT NULL;

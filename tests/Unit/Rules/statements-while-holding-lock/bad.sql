ALTER TABLE orders ADD COLUMN note text;
UPDATE lines SET note = '';
-- file: an index, and a constraint of before
ALTER TABLE orders DROP COLUMN other;
CREATE INDEX orders_note_idx ON orders (note);
ALTER TABLE orders VALIDATE CONSTRAINT older;
-- file: a copy
LOCK TABLE orders;
INSERT INTO archive SELECT * FROM lines;

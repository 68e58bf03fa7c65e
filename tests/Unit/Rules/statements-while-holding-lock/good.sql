UPDATE lines SET note = '';
-- file: a moment each
ALTER TABLE orders ADD COLUMN note text;
ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';
INSERT INTO states VALUES ('new'), ('old');
COMMENT ON COLUMN orders.note IS 'note';
-- file: before the lock
CREATE INDEX lines_note_idx ON lines (note);
ALTER TABLE orders ADD COLUMN a text;
-- file: each statement by itself
-- lk: no-transaction
ALTER TABLE orders ADD COLUMN b text;
UPDATE lines SET note = '';
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint);
ALTER TABLE refunds ADD COLUMN note text;
UPDATE lines SET note = '';
-- file: and the other way round
ALTER TABLE orders ADD COLUMN c text;
CREATE TABLE returns (id bigint);
CREATE INDEX returns_id_idx ON returns (id);

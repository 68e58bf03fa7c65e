ALTER TABLE orders ADD COLUMN note text;
CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);
-- file: a transaction of its own making
-- lk: no-transaction
BEGIN;
DROP INDEX CONCURRENTLY orders_note_idx;
COMMIT;
-- file: others
ALTER TABLE events DETACH PARTITION events_2024 CONCURRENTLY;
VACUUM orders;
SELECT 1;

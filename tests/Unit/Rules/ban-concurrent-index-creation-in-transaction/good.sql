CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);
-- file: none of the statements can run in one
DROP INDEX CONCURRENTLY orders_a_idx;
VACUUM ANALYZE orders;
-- file: says so
-- lk: no-transaction
SET lock_timeout = 0;
CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);
BEGIN;
ALTER TABLE orders ADD COLUMN other text;
COMMIT;
REINDEX INDEX CONCURRENTLY orders_note_idx;
-- file: ANALYZE and a value of an enumeration can
ANALYZE orders;
ALTER TYPE mood ADD VALUE 'glad';
SELECT 1;

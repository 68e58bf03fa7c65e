CREATE INDEX CONCURRENTLY orders_state_idx ON orders (state);
-- file: made anew each time
DROP INDEX CONCURRENTLY IF EXISTS orders_note_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_note_idx ON orders (note);
-- file: a plain one is rolled back as a whole
CREATE INDEX IF NOT EXISTS orders_other_idx ON orders (other);

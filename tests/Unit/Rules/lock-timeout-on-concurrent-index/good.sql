-- lk: no-transaction
SET lock_timeout = 0;
CREATE INDEX CONCURRENTLY orders_state_idx ON orders (state);
-- file: only for what comes before
-- lk: no-transaction
SET lock_timeout = '5s';
ALTER TABLE orders ADD COLUMN note text;
RESET lock_timeout;
CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);
-- file: a plain index may be given up
SET lock_timeout = '5s';
CREATE INDEX orders_other_idx ON orders (other);

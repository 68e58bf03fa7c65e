SELECT set_config('statement_timeout', '5s', true);
ALTER TABLE orders ADD COLUMN region text;
-- file: lk sets it
-- lk: timeout 5s
ALTER TABLE orders ADD COLUMN region text;

ALTER TABLE orders ADD COLUMN region text;
-- file: 0 is no limit at all
SET statement_timeout = 0;
ALTER TABLE orders ADD COLUMN region text;
-- file: taken back
SET statement_timeout = '5s';
RESET statement_timeout;
ALTER TABLE orders ADD COLUMN region text;
-- file: by a function
SELECT set_config('statement_timeout', '0ms', false);
ALTER TABLE orders ADD COLUMN region text;

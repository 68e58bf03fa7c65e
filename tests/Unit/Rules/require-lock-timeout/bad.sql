ALTER TABLE orders ADD COLUMN region text;
SET LOCAL lock_timeout = '1s';
ALTER TABLE orders ADD COLUMN zone text;
-- file: 0 is no limit at all
SET lock_timeout = 0;
ALTER TABLE orders ADD COLUMN region text;
-- file: taken back
SET lock_timeout = '5s';
RESET lock_timeout;
ALTER TABLE orders ADD COLUMN region text;
-- file: by a function
SELECT set_config('lock_timeout', '0ms', false);
ALTER TABLE orders ADD COLUMN region text;

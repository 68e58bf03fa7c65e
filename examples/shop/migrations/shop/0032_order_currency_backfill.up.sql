-- lk: timeout 30m
-- lk: allow backfill-in-one-statement: ran while the shop had a few orders
UPDATE orders SET currency = 'EUR' WHERE currency IS NULL;

-- lk: timeout 30m
UPDATE orders SET currency = 'EUR' WHERE currency IS NULL;

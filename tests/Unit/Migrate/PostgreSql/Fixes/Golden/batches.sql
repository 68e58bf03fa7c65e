-- lk: no-transaction
-- lk: backfill
UPDATE orders o SET state = 'new' WHERE state IS NULL OR state = '';
-- lk: backfill
DELETE FROM orders;

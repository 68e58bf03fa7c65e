SAVEPOINT here;
ALTER TABLE orders ADD COLUMN region text;
ROLLBACK TO here;
RELEASE here;
-- file: a run takes these away
BEGIN;
ALTER TABLE orders ADD COLUMN region text;
COMMIT;

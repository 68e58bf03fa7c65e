-- lk: no-transaction
ALTER TABLE orders ADD COLUMN token uuid;
ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid();
-- lk: backfill
UPDATE orders SET token = DEFAULT WHERE token IS NULL;
ALTER TABLE orders ADD CONSTRAINT orders_token_not_null CHECK (token IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_token_not_null;
ALTER TABLE orders ALTER COLUMN token SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT orders_token_not_null;

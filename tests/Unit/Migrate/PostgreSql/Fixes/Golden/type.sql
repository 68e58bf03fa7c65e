-- lk: no-transaction
ALTER TABLE orders ADD COLUMN amount_next bigint;
CREATE FUNCTION orders_amount_sync() RETURNS trigger LANGUAGE plpgsql AS $sync$
BEGIN
    SELECT amount * 100 INTO NEW.amount_next FROM (SELECT NEW.*) AS orders;
    RETURN NEW;
END
$sync$;
CREATE TRIGGER orders_amount_sync BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION orders_amount_sync();
-- lk: backfill
UPDATE orders SET amount_next = amount * 100 WHERE amount_next IS DISTINCT FROM amount * 100;
ALTER TABLE orders ADD CONSTRAINT orders_amount_next_not_null CHECK (amount_next IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_amount_next_not_null;
ALTER TABLE orders ALTER COLUMN amount_next SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT orders_amount_next_not_null;
DO $swap$
BEGIN
    DROP TRIGGER orders_amount_sync ON orders;
    DROP FUNCTION orders_amount_sync();
    ALTER TABLE orders DROP COLUMN amount;
    ALTER TABLE orders RENAME COLUMN amount_next TO amount;
END
$swap$;

-- lk: no-transaction
ALTER TABLE orders ADD COLUMN token uuid;
ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid();
DO $batches$
DECLARE
    lk_first orders.id%TYPE;
    lk_last orders.id%TYPE;
BEGIN
    SELECT id INTO lk_first FROM orders ORDER BY id LIMIT 1;
    WHILE lk_first IS NOT NULL LOOP
        SELECT id INTO lk_last FROM (SELECT id FROM orders WHERE id >= lk_first ORDER BY id LIMIT 5000) batch ORDER BY id DESC LIMIT 1;
        UPDATE orders SET token = DEFAULT WHERE token IS NULL AND orders.id BETWEEN lk_first AND lk_last;
        COMMIT;
        SELECT id INTO lk_first FROM orders WHERE id > lk_last ORDER BY id LIMIT 1;
    END LOOP;
END
$batches$;
ALTER TABLE orders ADD CONSTRAINT orders_token_not_null CHECK (token IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_token_not_null;
ALTER TABLE orders ALTER COLUMN token SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT orders_token_not_null;

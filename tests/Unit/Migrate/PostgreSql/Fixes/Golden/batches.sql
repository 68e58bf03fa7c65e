-- lk: no-transaction
DO $batches$
DECLARE
    lk_first orders.id%TYPE;
    lk_last orders.id%TYPE;
BEGIN
    SELECT id INTO lk_first FROM orders ORDER BY id LIMIT 1;
    WHILE lk_first IS NOT NULL LOOP
        SELECT id INTO lk_last FROM (SELECT id FROM orders WHERE id >= lk_first ORDER BY id LIMIT 5000) batch ORDER BY id DESC LIMIT 1;
        UPDATE orders o SET state = 'new' WHERE (state IS NULL OR state = '') AND o.id BETWEEN lk_first AND lk_last;
        COMMIT;
        SELECT id INTO lk_first FROM orders WHERE id > lk_last ORDER BY id LIMIT 1;
    END LOOP;
END
$batches$;
DO $batches$
DECLARE
    lk_first orders.id%TYPE;
    lk_last orders.id%TYPE;
BEGIN
    SELECT id INTO lk_first FROM orders ORDER BY id LIMIT 1;
    WHILE lk_first IS NOT NULL LOOP
        SELECT id INTO lk_last FROM (SELECT id FROM orders WHERE id >= lk_first ORDER BY id LIMIT 5000) batch ORDER BY id DESC LIMIT 1;
        DELETE FROM orders WHERE orders.id BETWEEN lk_first AND lk_last;
        COMMIT;
        SELECT id INTO lk_first FROM orders WHERE id > lk_last ORDER BY id LIMIT 1;
    END LOOP;
END
$batches$;

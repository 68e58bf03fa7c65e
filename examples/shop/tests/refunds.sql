-- Nobody gets back more than they paid.
DO $$
DECLARE
    paid bigint;
BEGIN
    WITH o AS (INSERT INTO orders (customer_id) SELECT min(id) FROM customers RETURNING id)
    INSERT INTO payments (order_id, provider, provider_reference, amount, state)
    SELECT id, 'test', 'refunds.sql', 1000, 'captured' FROM o RETURNING id INTO paid;
    INSERT INTO refunds (payment_id, amount, reason) VALUES (paid, 600, 'damaged');
    BEGIN
        INSERT INTO refunds (payment_id, amount, reason) VALUES (paid, 600, 'late');
    EXCEPTION WHEN raise_exception THEN
        RETURN;
    END;
    RAISE EXCEPTION 'a payment of 1000 cents was refunded with 1200';
END;
$$;

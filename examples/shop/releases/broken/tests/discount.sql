-- A discount is taken off an order once, however many lines it has.
DO $$
DECLARE
    new_order bigint;
    expected CONSTANT bigint := 1 * 250 + 1 * 250 - 50;
    found bigint;
BEGIN
    INSERT INTO orders (customer_id, discount) SELECT min(id), 50 FROM customers RETURNING id INTO new_order;
    INSERT INTO order_items (order_id, line, product_id, quantity, unit_price)
    SELECT new_order, line, (SELECT min(id) FROM products), 1, 250 FROM generate_series(1, 2) AS line;
    CALL recalculate_order(new_order);
    SELECT total INTO found FROM orders WHERE id = new_order;
    IF found <> expected THEN
        RAISE EXCEPTION 'an order of two lines at 2.50 with 0.50 off costs % cents, expected %', found, expected;
    END IF;
END;
$$;

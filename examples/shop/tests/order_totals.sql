-- An order costs what its lines cost.
DO $$
DECLARE
    new_order bigint;
    found bigint;
BEGIN
    INSERT INTO orders (customer_id) SELECT id FROM customers WHERE email = 'ada@example.com' RETURNING id INTO new_order;
    INSERT INTO order_items (order_id, line, product_id, quantity, unit_price)
    SELECT new_order, row_number() OVER (ORDER BY sku), id, 2, price FROM products WHERE sku IN ('T-BREAD', 'T-SPADE');
    CALL recalculate_order(new_order);
    SELECT total INTO found FROM orders WHERE id = new_order;
    IF found <> 12800 THEN
        RAISE EXCEPTION 'two of 25.00 and two of 39.00 cost % cents, expected 12800', found;
    END IF;
END;
$$;

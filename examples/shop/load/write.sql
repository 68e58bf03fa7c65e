-- A customer orders one thing.
\set customer random(1, 100000)
\set product random(1, 1000)
BEGIN;
INSERT INTO orders (customer_id, total) SELECT :customer, price FROM products WHERE id = :product RETURNING id AS new_order \gset
INSERT INTO order_items (order_id, line, product_id, quantity, unit_price) SELECT :new_order, 1, id, 1, price FROM products WHERE id = :product;
UPDATE stock_levels SET on_hand = on_hand - 1 WHERE product_id = :product;
UPDATE orders SET status = 'paid' WHERE id = :new_order;
COMMIT;

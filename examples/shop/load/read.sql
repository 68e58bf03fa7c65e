-- A customer looks at their last orders.
\set customer random(1, 100000)
SELECT o.id, o.status, o.total, i.quantity, p.title
FROM orders o
JOIN order_items i ON i.order_id = o.id
JOIN products p ON p.id = i.product_id
WHERE o.customer_id = :customer
ORDER BY o.placed_at DESC
LIMIT 10;

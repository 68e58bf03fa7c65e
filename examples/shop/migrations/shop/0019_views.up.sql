CREATE VIEW order_overview AS
SELECT o.id, o.status, o.placed_at, o.total, c.email, c.full_name,
       (SELECT count(*) FROM order_items i WHERE i.order_id = o.id) AS lines
FROM orders o
JOIN customers c ON c.id = o.customer_id;

CREATE VIEW customer_value WITH (security_barrier) AS
SELECT customer_id, count(*) AS orders, sum(total) AS spent, max(placed_at) AS last_order
FROM orders
WHERE status NOT IN ('cancelled', 'returned')
GROUP BY customer_id;

COMMENT ON VIEW customer_value IS 'Orders that were kept, in cents.';

SELECT id, note FROM orders WHERE customer_id = $1; -- 1200
UPDATE orders o SET state = $1 WHERE o.id = $2; -- 300
SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id; -- 50

UPDATE orders SET region = 'eu' WHERE region IS NULL;
DELETE FROM orders WHERE state = 'draft' OR id = 5;
UPDATE orders SET region = customers.region FROM customers WHERE customers.id = orders.customer_id;
DELETE FROM orders WHERE id > 1000;

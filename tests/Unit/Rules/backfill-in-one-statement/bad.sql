UPDATE orders SET region = 'eu' WHERE region IS NULL;
DELETE FROM orders WHERE state = 'draft' OR id = 5;
UPDATE orders SET region = customers.region FROM customers WHERE customers.id = orders.customer_id;
DELETE FROM orders WHERE id > 1000;
-- file: a new column has no values to lose, but as many rows
ALTER TABLE orders ADD COLUMN zone text;
UPDATE orders SET zone = 'north';

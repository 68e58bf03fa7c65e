DELETE FROM orders;
DELETE FROM customers WHERE true;
WITH gone AS (DELETE FROM items RETURNING id) INSERT INTO archive SELECT id FROM gone;

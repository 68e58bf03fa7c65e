SELECT id FROM orders; -- 1200
WITH orders AS (SELECT $1) SELECT * FROM orders; -- 7
INSERT INTO sales.items (id) VALUES ($1); -- 1

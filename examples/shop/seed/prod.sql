-- A shop that has been open for two years: 1,000,000 orders. Rows are consistent by the way they are made, so triggers that
-- would check each one are off (this takes a superuser, which the role of a sandbox cluster is).
\set ON_ERROR_STOP on
SET session_replication_role = replica;
SET synchronous_commit = off;
SET maintenance_work_mem = '256MB';

BEGIN;
INSERT INTO customers (email, full_name, created_at)
SELECT 'customer' || n || '@example.com', 'Customer ' || n, timestamptz '2024-11-01' + n * interval '10 minutes'
FROM generate_series(1, 100000) AS n;

INSERT INTO products (category_id, sku, title, description, price, status)
SELECT 3 + n % 2, 'SKU-' || n, 'Product ' || n, 'What product ' || n || ' is good for', 500 + (n * 37) % 9500, 'active'
FROM generate_series(1, 1000) AS n;

INSERT INTO stock_levels (warehouse_id, product_id, on_hand) SELECT 1 + id % 2, id, 1000000 FROM products;

INSERT INTO orders (customer_id, status, total, placed_at, updated_at)
SELECT 1 + (n * 7919::bigint) % 100000,
       (ARRAY['delivered', 'delivered', 'delivered', 'delivered', 'shipped', 'paid', 'cancelled', 'returned'])[1 + n % 8]::order_status,
       500 + (n * 37::bigint) % 9500, at, at
FROM generate_series(1, 1000000) AS n, LATERAL (SELECT timestamptz '2024-11-01' + n * interval '1 minute') AS t (at);

INSERT INTO order_items (order_id, line, product_id, quantity, unit_price)
SELECT n, 1, 1 + n % 1000, 1, 500 + (n * 37::bigint) % 9500 FROM generate_series(1, 1000000) AS n;
COMMIT;

VACUUM (ANALYZE) customers, products, stock_levels, orders, order_items;

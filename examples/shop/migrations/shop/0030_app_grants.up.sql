-- Roles belong to the cluster, not to this database: grant to those that are there.
DO $grants$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_app') THEN
        GRANT SELECT, INSERT, UPDATE ON customers, addresses, carts, orders, order_items, payments, shipments, reviews TO shop_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON cart_items, order_coupons TO shop_app;
        GRANT SELECT ON categories, products, coupons, stock_levels, warehouses TO shop_app;
        GRANT UPDATE (on_hand, reserved) ON stock_levels TO shop_app;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_report') THEN
        GRANT SELECT ON order_overview, customer_value, daily_sales TO shop_report;
    END IF;
END;
$grants$;

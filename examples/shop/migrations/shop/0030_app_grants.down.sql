DO $grants$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_report') THEN
        REVOKE SELECT ON order_overview, customer_value, daily_sales FROM shop_report;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_app') THEN
        REVOKE UPDATE (on_hand, reserved) ON stock_levels FROM shop_app;
        REVOKE SELECT ON categories, products, coupons, stock_levels, warehouses FROM shop_app;
        REVOKE SELECT, INSERT, UPDATE, DELETE ON cart_items, order_coupons FROM shop_app;
        REVOKE SELECT, INSERT, UPDATE ON customers, addresses, carts, orders, order_items, payments, shipments, reviews FROM shop_app;
    END IF;
END;
$grants$;

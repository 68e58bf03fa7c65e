DROP INDEX orders_customer_idx;
DROP INDEX IF EXISTS app.other_idx, orders_state_idx;

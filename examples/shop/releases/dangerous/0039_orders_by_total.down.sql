-- IF EXISTS: it also leads back from the middle, where a migration without a transaction may stop.
ALTER TABLE order_items DROP CONSTRAINT IF EXISTS order_items_price_given;
DROP INDEX IF EXISTS orders_total_idx;

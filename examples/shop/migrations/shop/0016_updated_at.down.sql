DROP TRIGGER orders_touch ON orders;
DROP TRIGGER carts_touch ON carts;
DROP TRIGGER products_touch ON products;
DROP FUNCTION touch_updated_at();

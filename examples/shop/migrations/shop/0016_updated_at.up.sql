CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END;
$$;

-- Columns by name: a WHEN over whole rows could not be restored from a dump any more once products has a generated column.
CREATE TRIGGER products_touch BEFORE UPDATE OF category_id, sku, title, description, price, status ON products
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
CREATE TRIGGER carts_touch BEFORE UPDATE ON carts
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
CREATE TRIGGER orders_touch BEFORE UPDATE OF status, total ON orders
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

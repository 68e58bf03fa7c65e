-- What is not there cannot be reserved.
DO $$
BEGIN
    UPDATE stock_levels SET reserved = 11 WHERE product_id = (SELECT id FROM products WHERE sku = 'T-BREAD');
    RAISE EXCEPTION 'eleven of ten were reserved';
EXCEPTION WHEN check_violation THEN
    NULL;
END;
$$;

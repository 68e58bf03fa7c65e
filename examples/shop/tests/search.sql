-- What a customer types finds the product.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM find_products('sourdough') WHERE sku = 'T-BREAD') THEN
        RAISE EXCEPTION 'the word of a description does not find its product';
    END IF;
    IF EXISTS (SELECT FROM find_products('sourdough') WHERE sku = 'T-SPADE') THEN
        RAISE EXCEPTION 'a product is found by a word that it does not have';
    END IF;
END;
$$;

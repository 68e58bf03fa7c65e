ALTER TABLE reviews ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION current_customer() RETURNS bigint LANGUAGE sql STABLE
    RETURN nullif(current_setting('shop.customer_id', true), '')::bigint;

CREATE POLICY reviews_read ON reviews FOR SELECT
    USING (is_public OR customer_id = current_customer());
CREATE POLICY reviews_write ON reviews FOR INSERT
    WITH CHECK (customer_id = current_customer());
CREATE POLICY reviews_edit ON reviews FOR UPDATE
    USING (customer_id = current_customer())
    WITH CHECK (customer_id = current_customer() AND NOT is_public);
COMMENT ON POLICY reviews_edit ON reviews IS 'An edited review is looked at again before it is public.';

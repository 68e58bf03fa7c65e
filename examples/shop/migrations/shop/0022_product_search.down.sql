DROP FUNCTION find_products(text, integer);
DROP INDEX products_title_trgm_idx;
ALTER TABLE products DROP COLUMN search;

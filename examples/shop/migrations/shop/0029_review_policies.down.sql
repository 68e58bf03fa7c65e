DROP POLICY reviews_edit ON reviews;
DROP POLICY reviews_write ON reviews;
DROP POLICY reviews_read ON reviews;
DROP FUNCTION current_customer();
ALTER TABLE reviews DISABLE ROW LEVEL SECURITY;

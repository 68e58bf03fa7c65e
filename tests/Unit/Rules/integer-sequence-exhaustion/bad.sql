ALTER TABLE orders ADD COLUMN phone text;
CREATE INDEX CONCURRENTLY visits_page_idx ON visits (page);
INSERT INTO states (name) VALUES ('parked');
-- file: wider.sql
-- The column is wider, and its sequence still ends where it did.
ALTER TABLE orders ALTER COLUMN id TYPE bigint;

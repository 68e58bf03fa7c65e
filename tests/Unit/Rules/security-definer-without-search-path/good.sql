CREATE FUNCTION total() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = sales, pg_temp AS 'SELECT sum(total) FROM orders';
CREATE FUNCTION plain() RETURNS bigint LANGUAGE sql SECURITY INVOKER AS 'SELECT 1';
CREATE FUNCTION later() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
ALTER FUNCTION later() SET search_path = pg_catalog, pg_temp;

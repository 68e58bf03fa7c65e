SET search_path = sales;
SET ROLE owner;
LISTEN changes;
-- file: a lock
SELECT pg_advisory_lock(42);
-- file: a table
CREATE TEMP TABLE staging (id bigint);

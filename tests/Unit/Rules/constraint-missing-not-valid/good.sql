ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;
-- file: the next release
ALTER TABLE orders VALIDATE CONSTRAINT total_positive;
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint, total numeric CHECK (total > 0));
ALTER TABLE refunds ADD CHECK (id > 0);
-- file: a foreign table has no rows here
CREATE FOREIGN TABLE remote (id bigint) SERVER other;
-- file: and nothing checks them
ALTER FOREIGN TABLE remote ADD CHECK (id > 0);

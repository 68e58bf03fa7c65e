CREATE TABLE sales.refunds (id bigint PRIMARY KEY);
CREATE TEMP TABLE staging (id bigint) ON COMMIT DROP;
DROP TABLE staging;
ALTER TABLE sales.refunds SET SCHEMA archive;
DROP TABLE archive.refunds;
DROP FUNCTION refund(int);

CREATE TABLE sales.refunds (id bigint PRIMARY KEY);
CREATE TEMP TABLE staging (id bigint) ON COMMIT DROP;

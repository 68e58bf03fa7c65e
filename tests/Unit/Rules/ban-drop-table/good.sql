CREATE TEMP TABLE staging (id bigint);
CREATE TABLE refunds (id bigint PRIMARY KEY);
DROP TABLE staging, refunds;

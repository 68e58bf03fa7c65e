CREATE TABLE refunds (id bigint);
ALTER TABLE refunds SET UNLOGGED;
-- file: for new partitions only
ALTER TABLE events SET TABLESPACE fast;
-- file: parameters
ALTER TABLE orders SET (fillfactor = 80);

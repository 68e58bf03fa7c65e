CREATE TABLE refunds (id bigint PRIMARY KEY, note varchar(200));
ALTER TABLE orders ADD COLUMN code character varying(20);

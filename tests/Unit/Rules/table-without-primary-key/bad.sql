CREATE TABLE refunds (id bigint NOT NULL UNIQUE, note text);
CREATE TABLE copies AS SELECT * FROM orders;

CREATE TABLE refunds (id bigint PRIMARY KEY, amount numeric(12, 2), currency text);

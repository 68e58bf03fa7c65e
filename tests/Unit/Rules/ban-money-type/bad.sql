CREATE TABLE refunds (id bigint PRIMARY KEY, amount money);

CREATE TABLE refunds (id bigint PRIMARY KEY, quantity int NOT NULL, parts int[]);
CREATE TABLE lines (order_id bigint, number int, PRIMARY KEY (order_id, number));

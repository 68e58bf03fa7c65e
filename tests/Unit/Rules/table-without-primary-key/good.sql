CREATE TABLE refunds (order_id bigint, number int, PRIMARY KEY (order_id, number));
CREATE TABLE copies (LIKE orders INCLUDING ALL);
CREATE TABLE orders_2026 PARTITION OF orders FOR VALUES FROM (2026) TO (2027);
CREATE TEMP TABLE staging (id bigint);
CREATE TABLE later (id bigint NOT NULL);
ALTER TABLE later ADD PRIMARY KEY (id);

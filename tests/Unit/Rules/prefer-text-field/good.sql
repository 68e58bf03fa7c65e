CREATE TABLE refunds (id bigint PRIMARY KEY, note varchar, code text CHECK (length(code) <= 20));

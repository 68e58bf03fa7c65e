CREATE TABLE refunds (id bigint PRIMARY KEY, currency text CHECK (length(currency) = 3), kind "char", name varchar);

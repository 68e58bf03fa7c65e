REINDEX INDEX CONCURRENTLY orders_state_idx;
-- file: as an option
REINDEX (CONCURRENTLY) TABLE orders;
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint PRIMARY KEY);
REINDEX TABLE refunds;

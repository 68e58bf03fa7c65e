REINDEX INDEX orders_state_idx;
REINDEX TABLE orders;
-- file: CONCURRENTLY that is switched off
REINDEX (VERBOSE, CONCURRENTLY off) TABLE orders;
-- file: everything
REINDEX SCHEMA app;

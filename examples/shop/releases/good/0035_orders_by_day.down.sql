-- lk: no-transaction
DROP INDEX CONCURRENTLY orders_status_placed_idx;

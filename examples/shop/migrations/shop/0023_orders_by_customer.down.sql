-- lk: no-transaction
DROP INDEX CONCURRENTLY orders_customer_placed_idx;

VACUUM FULL orders;
VACUUM (ANALYZE, FULL) orders, lines;
-- file: by an index
CLUSTER orders USING orders_pkey;
-- file: everything
VACUUM FULL;

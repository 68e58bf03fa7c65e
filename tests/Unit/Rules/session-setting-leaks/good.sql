SET LOCAL search_path = sales;
SELECT pg_advisory_xact_lock(42);
SELECT set_config('work_mem', '64MB', true);
CREATE TEMP TABLE staging (id bigint) ON COMMIT DROP;

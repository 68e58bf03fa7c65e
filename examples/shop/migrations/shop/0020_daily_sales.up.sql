CREATE MATERIALIZED VIEW daily_sales AS
SELECT date_trunc('day', placed_at AT TIME ZONE 'UTC')::date AS day, count(*) AS orders, sum(total) AS revenue
FROM orders
WHERE status <> 'cancelled'
GROUP BY 1;

-- REFRESH … CONCURRENTLY needs it.
CREATE UNIQUE INDEX daily_sales_day_key ON daily_sales (day);

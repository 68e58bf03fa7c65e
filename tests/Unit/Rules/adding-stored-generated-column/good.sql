CREATE TABLE refunds (net numeric, gross numeric GENERATED ALWAYS AS (net * 1.2) STORED);
ALTER TABLE refunds ADD COLUMN double_net numeric GENERATED ALWAYS AS (net * 2) STORED;
-- file: it stays as a plain column
ALTER TABLE orders ALTER COLUMN gross DROP EXPRESSION;

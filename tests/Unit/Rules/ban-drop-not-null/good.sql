ALTER TABLE orders ALTER COLUMN remark DROP NOT NULL;
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint PRIMARY KEY, note text NOT NULL);
ALTER TABLE refunds ALTER COLUMN note DROP NOT NULL;

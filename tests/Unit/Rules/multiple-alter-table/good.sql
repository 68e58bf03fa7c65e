ALTER TABLE orders ADD COLUMN a text, ADD COLUMN b text;
ALTER TABLE lines ADD COLUMN a text;
ALTER TABLE orders ADD COLUMN c text;
-- file: parts that stand alone
ALTER TABLE events DETACH PARTITION events_2023;
ALTER TABLE events DETACH PARTITION events_2024;
ALTER TABLE orders ADD CONSTRAINT a_set CHECK (a IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT a_set;
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint);
ALTER TABLE refunds ADD COLUMN a text;
ALTER TABLE refunds ADD COLUMN b text;

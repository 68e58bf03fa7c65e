ALTER TABLE orders ADD COLUMN note text;
-- file: the next release
UPDATE orders SET note = '' WHERE note IS NULL;
-- file: another table
ALTER TABLE orders ADD COLUMN other text;
DELETE FROM lines;
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint);
INSERT INTO refunds SELECT id FROM orders;
ALTER TABLE refunds ADD COLUMN note text;
UPDATE refunds SET note = '';
-- file: some rows written out
ALTER TABLE orders ADD COLUMN state text;
INSERT INTO orders (id) VALUES (0);

UPDATE orders SET region = 'eu' WHERE id BETWEEN 1 AND 1000 AND region IS NULL;
UPDATE orders SET region = 'eu' WHERE code = 'A-1';
UPDATE orders SET region = 'eu' WHERE code IN ('A-1', 'A-2');
UPDATE orders SET region = 'eu' WHERE id = ANY (ARRAY[1, 2, 3]);
UPDATE orders SET region = v.region FROM (VALUES (1, 'eu'), (2, 'us')) AS v (id, region) WHERE v.id = orders.id;
DELETE FROM orders WHERE id IN (SELECT id FROM orders WHERE state = 'draft' LIMIT 1000);
WITH batch AS (SELECT id FROM orders WHERE region IS NULL LIMIT 1000) UPDATE orders SET region = 'eu' FROM batch WHERE batch.id = orders.id;
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint PRIMARY KEY, note text);
UPDATE refunds SET note = '';
-- file: update-without-where says it
UPDATE orders SET state = 'open';

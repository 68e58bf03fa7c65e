UPDATE orders SET state = 'open' WHERE state = 'new';
-- file: a column without values
ALTER TABLE orders ADD COLUMN region text;
UPDATE orders SET region = 'eu';
-- file: rows of another table say which
UPDATE orders SET state = 'open' FROM opened WHERE opened.id = orders.id;

DROP TABLE loyalty_accounts;
ALTER TABLE orders DROP COLUMN points;

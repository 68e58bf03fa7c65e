ALTER TABLE orders ALTER COLUMN code TYPE varchar(40);
ALTER TABLE orders ALTER COLUMN code TYPE varchar;
ALTER TABLE orders ALTER COLUMN code TYPE text USING code::text;
ALTER TABLE orders ALTER COLUMN price TYPE numeric(14, 2);
ALTER TABLE orders ALTER COLUMN price TYPE numeric;
ALTER TABLE orders ALTER COLUMN weight TYPE numeric(9, 0);
ALTER TABLE orders ALTER COLUMN flags TYPE bit varying(40);
ALTER TABLE orders ALTER COLUMN net TYPE inet;
ALTER TABLE orders ALTER COLUMN made_at TYPE timestamp(6);
ALTER TABLE orders ALTER COLUMN took TYPE interval(6);
ALTER TABLE orders ALTER COLUMN took TYPE interval;
ALTER TABLE orders ALTER COLUMN id TYPE integer;
-- file: a table that nobody uses yet
CREATE TABLE refunds (id int);
ALTER TABLE refunds ALTER COLUMN id TYPE bigint;

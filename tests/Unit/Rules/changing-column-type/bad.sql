ALTER TABLE orders ALTER COLUMN id TYPE bigint;
ALTER TABLE orders ALTER COLUMN code TYPE varchar(10);
ALTER TABLE orders ALTER COLUMN price TYPE numeric(12, 4);
ALTER TABLE orders ALTER COLUMN total TYPE numeric(12, 2);
ALTER TABLE orders ALTER COLUMN made_at TYPE timestamptz;
ALTER TABLE orders ALTER COLUMN data TYPE jsonb USING data::jsonb;
ALTER TABLE orders ALTER COLUMN fixed TYPE char(20);
ALTER TABLE orders ALTER COLUMN names TYPE text[];
ALTER TABLE orders ALTER COLUMN note TYPE text USING upper(note);
-- file: kept, but read through or built anew
ALTER TABLE orders ALTER COLUMN state TYPE varchar(40);
ALTER TABLE orders ALTER COLUMN email TYPE text;
-- file: a table that the series does not make
ALTER TABLE elsewhere ALTER COLUMN total TYPE numeric(12, 2);

ALTER TABLE customers ADD COLUMN phone text;
ALTER TABLE lines ADD COLUMN note text;
ALTER TABLE visits ALTER COLUMN id TYPE bigint;
ALTER TABLE orders ALTER COLUMN id TYPE bigint;
ALTER SEQUENCE orders_id_seq AS bigint;

-- lk: no-transaction
DO $rename$
BEGIN
    ALTER TABLE customers RENAME TO clients;
    CREATE VIEW customers AS SELECT * FROM clients;
END
$rename$;

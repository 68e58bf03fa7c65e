-- lk: no-transaction
ALTER TYPE mood ADD VALUE 'late';
UPDATE customers SET email = 'late'::mood::text WHERE id = 1;

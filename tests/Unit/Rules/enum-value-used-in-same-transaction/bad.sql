ALTER TYPE mood ADD VALUE 'fine' AFTER 'sad';
ALTER TABLE people ALTER COLUMN mood SET DEFAULT 'fine';
-- file: in an expression
ALTER TYPE mood ADD VALUE 'great';
UPDATE people SET mood = CASE WHEN score > 9 THEN 'great'::mood ELSE mood END WHERE id < 1000;

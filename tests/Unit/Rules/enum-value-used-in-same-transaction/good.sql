ALTER TYPE mood ADD VALUE 'fine' AFTER 'sad';
COMMENT ON TYPE mood IS 'fine';
-- file: the next release
UPDATE people SET mood = 'fine' WHERE id = 1;
-- file: each statement by itself
-- lk: no-transaction
ALTER TYPE mood ADD VALUE 'great';
UPDATE people SET mood = 'great' WHERE id = 1;
-- file: a type of the same transaction
CREATE TYPE state AS ENUM ('new');
ALTER TYPE state ADD VALUE 'old';
INSERT INTO states VALUES ('old'::state);

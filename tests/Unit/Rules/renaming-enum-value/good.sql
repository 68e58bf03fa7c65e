ALTER TYPE mood ADD VALUE 'unhappy' BEFORE 'ok';
-- file: a type that nobody uses yet
CREATE TYPE state AS ENUM ('new', 'old');
ALTER TYPE state RENAME VALUE 'old' TO 'done';

ALTER TYPE mood ADD VALUE 'fine' AFTER 'sad';
ALTER TYPE mood RENAME VALUE 'sad' TO 'unhappy';

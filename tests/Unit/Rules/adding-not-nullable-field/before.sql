CREATE TABLE orders (id bigint PRIMARY KEY, note text, state text, CONSTRAINT state_set CHECK (state IS NOT NULL));

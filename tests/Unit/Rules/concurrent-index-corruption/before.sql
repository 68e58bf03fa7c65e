CREATE TABLE orders (id bigint, state text);

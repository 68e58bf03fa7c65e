CREATE TABLE orders (id bigint PRIMARY KEY, code text UNIQUE, state text, customer_id bigint, region text);
CREATE TABLE customers (id bigint PRIMARY KEY, region text);

CREATE TABLE orders (id serial PRIMARY KEY, note text);
CREATE TABLE visits (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, page text);
CREATE TABLE lines (id bigserial PRIMARY KEY, order_id integer);
CREATE TABLE states (id smallserial PRIMARY KEY, name text);
CREATE TABLE customers (id serial PRIMARY KEY, name text);

CREATE TABLE orders (id bigint PRIMARY KEY, customer_id text, made_at timestamptz, open boolean);
CREATE INDEX orders_customer_made_idx ON orders (customer_id, made_at);
CREATE INDEX orders_open_idx ON orders (open, id);

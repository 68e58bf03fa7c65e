CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, state text);
CREATE INDEX orders_customer_idx ON orders (customer_id);
CREATE INDEX orders_state_idx ON orders (state);
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE INDEX events_at_idx ON events (at);
CREATE TABLE old_orders (id bigint);

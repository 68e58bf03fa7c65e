CREATE TABLE orders (state text);
CREATE INDEX orders_state_idx ON orders (state);
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);

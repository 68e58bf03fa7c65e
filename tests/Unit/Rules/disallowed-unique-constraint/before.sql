CREATE TABLE orders (id bigint, number text);
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);

CREATE TABLE orders (id bigint);
CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);

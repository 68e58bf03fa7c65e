CREATE TABLE refunds (paid boolean, id bigint PRIMARY KEY, sent boolean, amount bigint);
CREATE TABLE notes (kind smallint, made_at timestamptz, id bigint PRIMARY KEY, text text);

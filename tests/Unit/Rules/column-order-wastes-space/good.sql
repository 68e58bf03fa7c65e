CREATE TABLE refunds (id bigint PRIMARY KEY, amount bigint, paid boolean, sent boolean);
-- file: a row ends at a multiple of eight anyway
CREATE TABLE flags (paid boolean, id bigint PRIMARY KEY);
-- file: an identifier of sixteen bytes begins anywhere
CREATE TABLE parts (paid boolean, id uuid PRIMARY KEY, sent boolean);

CREATE TABLE refunds (id serial PRIMARY KEY, order_id int);
CREATE TABLE returns (id int, PRIMARY KEY (id));
ALTER TABLE orders ADD COLUMN number int GENERATED ALWAYS AS IDENTITY;

ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;
ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
-- file: the next release
ALTER TABLE orders VALIDATE CONSTRAINT total_positive;
ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_fk;
-- file: each statement by itself
-- lk: no-transaction
ALTER TABLE orders ADD CONSTRAINT paid CHECK (paid) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT paid;
-- file: another constraint
ALTER TABLE orders ADD CONSTRAINT open CHECK (open) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT older;
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint);
ALTER TABLE refunds ADD CONSTRAINT id_positive CHECK (id > 0) NOT VALID;
ALTER TABLE refunds VALIDATE CONSTRAINT id_positive;

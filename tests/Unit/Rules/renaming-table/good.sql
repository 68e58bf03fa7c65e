ALTER INDEX orders_idx RENAME TO purchases_idx;
ALTER SEQUENCE orders_id_seq RENAME TO purchases_id_seq;
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint PRIMARY KEY);
ALTER TABLE refunds RENAME TO reimbursements;

ALTER TABLE orders DROP COLUMN name;
ALTER TABLE refunds DROP COLUMN note;
ALTER TABLE archive.orders DROP COLUMN remark;

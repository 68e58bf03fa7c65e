ALTER TABLE orders RENAME COLUMN note TO remark;
ALTER VIEW open_orders RENAME note TO remark;

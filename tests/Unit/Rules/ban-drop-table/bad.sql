DROP TABLE orders, customers;
DROP TABLE IF EXISTS sales.refunds CASCADE;

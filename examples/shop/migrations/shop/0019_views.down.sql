DROP VIEW customer_value;
DROP VIEW order_overview;

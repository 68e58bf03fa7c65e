TRUNCATE customers, orders, items;

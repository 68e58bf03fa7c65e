CREATE TABLE "Refunds" (id bigint PRIMARY KEY, "orderId" bigint);
ALTER TABLE orders ADD CONSTRAINT "orders_Total" CHECK (total > 0) NOT VALID;

CREATE TABLE Refunds (id bigint PRIMARY KEY, orderId bigint);
ALTER TABLE "Orders" ADD COLUMN region text;

DROP PROCEDURE recalculate_order(bigint);
DROP FUNCTION order_total(bigint);

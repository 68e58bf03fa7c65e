-- The discount is taken off the order, once.
CREATE OR REPLACE FUNCTION order_total(p_order bigint) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(sum(i.line_total), 0)::bigint - (SELECT o.discount FROM orders o WHERE o.id = p_order)
    FROM order_items i
    WHERE i.order_id = p_order;
END;

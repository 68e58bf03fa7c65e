CREATE OR REPLACE FUNCTION order_total(p_order bigint) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(sum(line_total), 0)::bigint FROM order_items WHERE order_id = p_order;
END;

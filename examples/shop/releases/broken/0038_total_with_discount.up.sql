-- The mistake of this release: the discount is taken off once for every line of the order.
CREATE OR REPLACE FUNCTION order_total(p_order bigint) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(sum(i.line_total - o.discount), 0)::bigint
    FROM order_items i
    JOIN orders o ON o.id = i.order_id
    WHERE i.order_id = p_order;
END;

CREATE FUNCTION order_total(p_order bigint) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(sum(line_total), 0)::bigint FROM order_items WHERE order_id = p_order;
END;

CREATE PROCEDURE recalculate_order(p_order bigint) LANGUAGE plpgsql AS $$
BEGIN
    UPDATE orders SET total = order_total(p_order) WHERE id = p_order;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no order %', p_order USING ERRCODE = 'no_data_found';
    END IF;
END;
$$;

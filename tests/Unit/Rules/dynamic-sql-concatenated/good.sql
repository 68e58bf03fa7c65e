CREATE FUNCTION count_of(name text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
    -- EXECUTE 'SELECT count(*) FROM ' || name INTO n;
    EXECUTE format('SELECT count(*) FROM %I', name) INTO n;
    EXECUTE 'SELECT count(*) FROM ' || quote_ident(name) INTO n;
    EXECUTE 'SELECT count(*) ' || 'FROM orders' INTO n;
    EXECUTE 'SELECT ''a'' || note FROM orders' INTO n;
    RETURN n;
END $$;
CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW WHEN (NEW.note || 'x' = 'x') EXECUTE FUNCTION touch();

CREATE FUNCTION count_of(name text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
    EXECUTE 'SELECT count(*) FROM ' || name INTO n;
    RETURN n;
END $$;

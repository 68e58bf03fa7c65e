-- One person, one account, however the address is typed.
DO $$
BEGIN
    INSERT INTO customers (email, full_name) VALUES ('ADA@example.com', 'Ada again');
    RAISE EXCEPTION 'a second account with the same address was accepted';
EXCEPTION WHEN unique_violation THEN
    NULL;
END;
$$;

DO $$
BEGIN
    INSERT INTO customers (email, full_name) VALUES ('not an address', 'Nobody');
    RAISE EXCEPTION 'an address without an at sign was accepted';
EXCEPTION WHEN check_violation THEN
    NULL;
END;
$$;

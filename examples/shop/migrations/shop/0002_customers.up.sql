CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email email_address NOT NULL,
    full_name text NOT NULL CHECK (full_name <> ''),
    phone text,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- People type their address with capitals; it is the same person.
CREATE UNIQUE INDEX customers_email_key ON customers (lower(email));

COMMENT ON TABLE customers IS 'A person who has an account or has bought as a guest.';

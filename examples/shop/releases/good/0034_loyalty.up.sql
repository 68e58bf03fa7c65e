-- A constant default costs no rewrite (PostgreSQL 11 and later): a million orders get their column in a moment.
ALTER TABLE orders ADD COLUMN points integer NOT NULL DEFAULT 0;

CREATE TABLE loyalty_accounts (
    customer_id bigint PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE,
    points bigint NOT NULL DEFAULT 0 CHECK (points >= 0),
    since date NOT NULL DEFAULT current_date
);

COMMENT ON COLUMN orders.points IS 'Points that the order earned; 0 for orders from before the programme.';

CREATE TABLE orders (
    id int PRIMARY KEY, code varchar(20) UNIQUE, price numeric(10, 2), weight numeric(5), total numeric, made_at timestamp(3), took interval(3), data json, fixed char(10),
    names varchar(10)[], note text, flags varbit(8), net cidr,
    state varchar(20) CHECK (state <> ''), email varchar(50));
CREATE INDEX orders_code_idx ON orders (code);
CREATE INDEX orders_net_idx ON orders (net);
CREATE UNIQUE INDEX orders_email_idx ON orders (lower(email));

CREATE TABLE coupons (
    code text PRIMARY KEY CHECK (code = upper(code)),
    percent_off numeric(5, 2) NOT NULL CHECK (percent_off > 0 AND percent_off <= 100),
    valid tstzrange NOT NULL,
    note text,
    EXCLUDE USING gist (valid WITH &&) WHERE (code = 'WELCOME')
);

CREATE TABLE order_coupons (
    order_id bigint NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    code text NOT NULL REFERENCES coupons (code) ON UPDATE CASCADE,
    PRIMARY KEY (order_id, code)
);

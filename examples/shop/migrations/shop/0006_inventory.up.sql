CREATE TABLE warehouses (
    id smallint PRIMARY KEY,
    name text NOT NULL UNIQUE
);

CREATE TABLE stock_levels (
    warehouse_id smallint REFERENCES warehouses (id),
    product_id bigint REFERENCES products (id),
    on_hand integer NOT NULL DEFAULT 0,
    reserved integer NOT NULL DEFAULT 0,
    PRIMARY KEY (product_id, warehouse_id),
    CONSTRAINT stock_levels_reserved_is_there CHECK (reserved BETWEEN 0 AND on_hand)
) WITH (fillfactor = 80);

INSERT INTO warehouses VALUES (1, 'North'), (2, 'South');

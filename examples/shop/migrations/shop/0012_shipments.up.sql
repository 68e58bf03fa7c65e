CREATE SEQUENCE shipment_numbers START WITH 100000 INCREMENT BY 7;

CREATE TABLE shipments (
    id bigint PRIMARY KEY DEFAULT nextval('shipment_numbers'),
    order_id bigint NOT NULL REFERENCES orders (id),
    address_id bigint,
    warehouse_id smallint NOT NULL REFERENCES warehouses (id),
    carrier text NOT NULL,
    tracking_code text,
    shipped_at timestamptz,
    delivered_at timestamptz,
    CONSTRAINT shipments_delivered_after_shipped CHECK (delivered_at >= shipped_at)
);

ALTER SEQUENCE shipment_numbers OWNED BY shipments.id;
CREATE INDEX shipments_order_id_idx ON shipments (order_id);

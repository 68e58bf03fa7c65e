CREATE TYPE payment_state AS ENUM ('authorised', 'captured', 'failed');

CREATE TABLE payments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES orders (id),
    provider text NOT NULL,
    provider_reference text NOT NULL,
    amount cents NOT NULL,
    state payment_state NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payments_reference_once UNIQUE (provider, provider_reference)
);

CREATE INDEX payments_order_id_idx ON payments (order_id);

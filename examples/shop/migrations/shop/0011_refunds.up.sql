CREATE TABLE refunds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id bigint NOT NULL REFERENCES payments (id),
    amount cents NOT NULL CHECK (amount > 0),
    reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX refunds_payment_id_idx ON refunds (payment_id);

-- A payment is never refunded past its amount, however many refunds are made at once.
CREATE FUNCTION refund_within_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paid bigint;
    refunded bigint;
BEGIN
    SELECT amount INTO paid FROM payments WHERE id = NEW.payment_id FOR UPDATE;
    SELECT coalesce(sum(amount), 0) INTO refunded FROM refunds WHERE payment_id = NEW.payment_id;
    IF refunded + NEW.amount > paid THEN
        RAISE EXCEPTION 'payment % was % cents, % are refunded already', NEW.payment_id, paid, refunded;
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER refunds_within_payment BEFORE INSERT ON refunds
    FOR EACH ROW EXECUTE FUNCTION refund_within_payment();

CREATE TABLE events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    customer_id bigint,
    kind text NOT NULL,
    payload jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);

CREATE TABLE events_2026_q1 PARTITION OF events FOR VALUES FROM ('2026-01-01+00') TO ('2026-04-01+00');
CREATE TABLE events_2026_q2 PARTITION OF events FOR VALUES FROM ('2026-04-01+00') TO ('2026-07-01+00');
CREATE TABLE events_2026_q3 PARTITION OF events FOR VALUES FROM ('2026-07-01+00') TO ('2026-10-01+00');
CREATE TABLE events_2026_q4 PARTITION OF events FOR VALUES FROM ('2026-10-01+00') TO ('2027-01-01+00');
CREATE TABLE events_later PARTITION OF events DEFAULT;

CREATE INDEX events_customer_at_idx ON events (customer_id, at DESC);

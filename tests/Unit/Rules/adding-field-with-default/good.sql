ALTER TABLE orders ADD COLUMN made_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE orders ADD COLUMN changed_at timestamptz DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE orders ADD COLUMN state text NOT NULL DEFAULT 'new';
ALTER TABLE orders ADD COLUMN tags text[] DEFAULT '{}'::text[];
ALTER TABLE orders ADD COLUMN day date DEFAULT (now() AT TIME ZONE 'utc')::date;
ALTER TABLE orders ADD COLUMN data jsonb DEFAULT jsonb_build_object('v', 1);
ALTER TABLE orders ADD COLUMN maker text DEFAULT current_user;
ALTER TABLE orders ADD COLUMN token uuid;
ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid();
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint);
ALTER TABLE refunds ADD COLUMN token uuid DEFAULT gen_random_uuid();

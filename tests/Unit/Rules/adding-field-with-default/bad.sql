ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();
ALTER TABLE orders ADD COLUMN seen_at timestamptz NOT NULL DEFAULT clock_timestamp();
ALTER TABLE orders ADD COLUMN lot int DEFAULT (1 + floor(random() * 10))::int;
ALTER TABLE orders ADD COLUMN code text DEFAULT app.now();

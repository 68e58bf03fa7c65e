ALTER TABLE orders SET (autovacuum_enabled = true);
ALTER TABLE orders SET (autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE orders RESET (autovacuum_enabled);
CREATE TEMPORARY TABLE seen (id bigint) WITH (autovacuum_enabled = false);

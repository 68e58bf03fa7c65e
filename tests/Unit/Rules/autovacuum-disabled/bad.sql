ALTER TABLE orders SET (autovacuum_enabled = false);
ALTER TABLE orders SET (toast.autovacuum_enabled = off, fillfactor = 80);
CREATE TABLE refunds (id bigint) WITH (autovacuum_enabled = 'off');

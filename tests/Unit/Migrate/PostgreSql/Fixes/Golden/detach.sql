-- lk: no-transaction
ALTER TABLE events DETACH PARTITION events_1 CONCURRENTLY;

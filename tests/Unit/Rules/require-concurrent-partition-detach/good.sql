ALTER TABLE events DETACH PARTITION events_2024 CONCURRENTLY;
-- file: after one that was cut short
ALTER TABLE events DETACH PARTITION events_2024 FINALIZE;
-- file: nobody uses it yet
CREATE TABLE visits (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE visits_2024 PARTITION OF visits FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
ALTER TABLE visits DETACH PARTITION visits_2024;

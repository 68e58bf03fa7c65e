CREATE INDEX events_kind_idx ON ONLY events (kind);
-- file: one partition
CREATE INDEX CONCURRENTLY events_2024_kind_idx ON events_2024 (kind);
-- file: and it is part of the whole
ALTER INDEX events_kind_idx ATTACH PARTITION events_2024_kind_idx;
-- file: nobody uses it yet
CREATE TABLE visits (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE visits_2024 PARTITION OF visits FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX visits_at_idx ON visits (at);

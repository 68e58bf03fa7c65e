ALTER TABLE events_2024 ADD CONSTRAINT of_2024 CHECK (at >= '2024-01-01' AND at < '2025-01-01' AND at IS NOT NULL) NOT VALID;
-- file: the next release
ALTER TABLE events_2024 VALIDATE CONSTRAINT of_2024;
-- file: the one after
ALTER TABLE events ATTACH PARTITION events_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
-- file: a table that nobody uses yet
CREATE TABLE events_2026 (LIKE events);
ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

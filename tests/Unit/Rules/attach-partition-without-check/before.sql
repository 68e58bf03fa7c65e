CREATE TABLE events (at timestamptz NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE events_2024 (at timestamptz NOT NULL, kind text);
CREATE TABLE events_2025 (at timestamptz NOT NULL, kind text);
CREATE TABLE visits (at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE visits_rest PARTITION OF visits DEFAULT;
CREATE TABLE visits_2024 (at timestamptz NOT NULL, CHECK (at >= '2024-01-01' AND at < '2025-01-01'));

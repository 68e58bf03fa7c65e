CREATE INDEX events_kind_idx ON events (kind);
-- file: refused by the server
CREATE INDEX CONCURRENTLY events_kind_idx2 ON events (kind);

ALTER TABLE lines ALTER COLUMN id SET NOT NULL;
-- file: the columns are NOT NULL
ALTER TABLE lines ADD CONSTRAINT lines_pkey PRIMARY KEY USING INDEX lines_id_idx;
-- file: a validated check says so
ALTER TABLE notes ADD CONSTRAINT notes_pkey PRIMARY KEY USING INDEX notes_id_idx;
-- file: a table that nobody uses yet
CREATE TABLE refunds (id bigint);
ALTER TABLE refunds ADD PRIMARY KEY (id);

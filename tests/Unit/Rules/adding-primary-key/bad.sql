ALTER TABLE orders ADD PRIMARY KEY (id);
ALTER TABLE orders ADD COLUMN number uuid DEFAULT '00000000-0000-0000-0000-000000000000' PRIMARY KEY;
-- file: the index is there, but its column takes NULL
ALTER TABLE lines ADD CONSTRAINT lines_pkey PRIMARY KEY USING INDEX lines_id_idx;

CREATE TABLE kinds (id bigint PRIMARY KEY, rank smallint NOT NULL);

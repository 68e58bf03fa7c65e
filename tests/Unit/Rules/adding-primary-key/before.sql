CREATE TABLE orders (id bigint);
CREATE TABLE lines (id bigint);
CREATE UNIQUE INDEX lines_id_idx ON lines (id);
CREATE TABLE notes (id bigint, CONSTRAINT id_set CHECK (id IS NOT NULL));
CREATE UNIQUE INDEX notes_id_idx ON notes (id);

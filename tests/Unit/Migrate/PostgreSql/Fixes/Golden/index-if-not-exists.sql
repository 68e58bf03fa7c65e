-- lk: no-transaction
CREATE UNIQUE INDEX CONCURRENTLY orders_note_idx ON orders (lower(note)) WHERE note <> 'create index';

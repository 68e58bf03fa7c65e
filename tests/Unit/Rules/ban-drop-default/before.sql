CREATE TABLE orders (id bigint PRIMARY KEY, state text NOT NULL DEFAULT 'new', kind text NOT NULL DEFAULT 'x', note text DEFAULT '');

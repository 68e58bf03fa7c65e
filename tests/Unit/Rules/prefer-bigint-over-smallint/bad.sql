CREATE TABLE kinds (id smallserial PRIMARY KEY, name text);
CREATE TABLE states (id smallint PRIMARY KEY, name text);

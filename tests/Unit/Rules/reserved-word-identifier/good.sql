CREATE TABLE users (id bigint PRIMARY KEY, name text, type text, "User" text);

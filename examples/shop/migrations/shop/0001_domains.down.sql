DROP DOMAIN cents;
DROP DOMAIN email_address;
DROP SCHEMA audit;
DROP EXTENSION pg_trgm;

ALTER DOMAIN positive ADD CONSTRAINT small CHECK (VALUE < 1000) NOT VALID;
ALTER DOMAIN positive DROP CONSTRAINT small;
-- file: a domain that no table uses yet
CREATE DOMAIN code AS text;
ALTER DOMAIN code ADD CONSTRAINT filled CHECK (VALUE <> '');

-- What every table shares: checked types, a schema for the audit trail, and trigram search.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE SCHEMA audit;
COMMENT ON SCHEMA audit IS 'Who changed what; written by triggers only.';

CREATE DOMAIN email_address AS text
    CONSTRAINT email_address_has_an_at CHECK (VALUE ~ '^[^@\s]+@[^@\s]+$');

CREATE DOMAIN cents AS bigint
    CONSTRAINT cents_not_negative CHECK (VALUE >= 0);
COMMENT ON DOMAIN cents IS 'An amount of money in hundredths of the order''s currency.';

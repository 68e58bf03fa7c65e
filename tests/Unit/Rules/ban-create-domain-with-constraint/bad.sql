CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN sales.code AS text NOT NULL;

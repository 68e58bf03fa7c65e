CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE DOMAIN name_text AS text;
